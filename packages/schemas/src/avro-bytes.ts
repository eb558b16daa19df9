/**
 * Avro's binary form, piece by piece, for the one record that is read and written fifty thousand times a second. avsc
 * does the same for everything else; a property holds the two against each other.
 */
import assert from 'node:assert/strict'

export interface AvroWriter {
  /** Zigzag, seven bits a byte. Throws on what is no whole number that a double holds exactly. */
  long(value: number): void
  longOrNull(value: number | null): void
  text(value: string): void
  bytes(piece: Buffer): void
  /** What was written since `begin`, as a copy with `headerBytes` of room before it. */
  end(): Buffer
}

// What may not fit is left to avsc by whoever writes (`textMax`, `placeTextMax` in nouns/scan-bytes.ts).
const scratchBytes = 64 * 1024
const scratch = Buffer.allocUnsafeSlow(scratchBytes)
// From here on 32-bit arithmetic would lose bits.
const shiftLimit = 0x4000_0000

/** Writes from `headerBytes` on into a buffer that all writers share: one at a time. */
export function avroWriter(headerBytes: number): AvroWriter {
  let at = headerBytes

  function unsigned(value: number): void {
    let rest = value
    while (rest >= shiftLimit) {
      scratch[at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest >= 0x80) {
      scratch[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    scratch[at++] = rest
  }

  function long(value: number): void {
    // Doubled, any whole number is exact; one less than doubled is not beyond 2^52, and zigzag would write a neighbour
    // without a word. avsc does not take 2^53 − 1 either.
    if (!Number.isInteger(value) || value >= Number.MAX_SAFE_INTEGER || value < -(2 ** 52))
      throw new RangeError(`${value} is no long`)
    unsigned(value < 0 ? -value * 2 - 1 : value * 2)
  }

  function text(value: string): void {
    const { length } = value
    const start = at
    if (length < 64) {
      // One byte of length; plain text needs no call into the runtime.
      at++
      let index = 0
      for (; index < length; index++) {
        const code = value.charCodeAt(index)
        if (code > 0x7f) break
        scratch[at++] = code
      }
      if (index === length) {
        scratch[start] = length * 2
        return
      }
      at = start
    }
    long(Buffer.byteLength(value))
    at += scratch.write(value, at, 'utf8')
  }

  return {
    long,
    longOrNull(value) {
      if (value === null) {
        scratch[at++] = 0
        return
      }
      scratch[at++] = 2
      long(value)
    },
    text,
    bytes: (piece) => {
      at += piece.copy(scratch, at)
    },
    end: () => {
      assert(at <= scratchBytes, 'a record that may not fit is left to avsc')
      return Buffer.from(scratch.subarray(0, at))
    },
  }
}

/** Reads forward. Bounds are checked once, at the end: what lies behind the bytes reads as nothing. */
export interface AvroReader {
  long(): number
  longOrNull(): number | null
  /** Of a union of null and something: whether something follows. */
  hasValue(): boolean
  text(): string
  skipText(): void
  position(): number
}

export function avroReader(bytes: Buffer, start: number): AvroReader {
  let at = start

  function unsigned(): number {
    let byte = bytes[at++] ?? 0
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let scale = 128
    do {
      byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * scale
      scale *= 128
    } while (byte >= 0x80)
    return value
  }

  function long(): number {
    // By its first byte: an odd number beyond 2^53 would have become an even one.
    const isNegative = ((bytes[at] ?? 0) & 1) === 1
    const value = unsigned()
    const isHeld = isNegative ? value <= Number.MAX_SAFE_INTEGER : value / 2 < Number.MAX_SAFE_INTEGER
    if (!isHeld) throw new RangeError('a long that a double does not hold')
    return isNegative ? -(value + 1) / 2 : value / 2
  }

  function takeText(): number {
    const length = long()
    if (length < 0 || at + length > bytes.length) throw new RangeError('truncated')
    at += length
    return at - length
  }

  function hasValue(): boolean {
    const branch = bytes[at++]
    if (branch !== 0 && branch !== 2) throw new RangeError('no such branch of a union')
    return branch === 2
  }

  return {
    long,
    hasValue,
    longOrNull: () => (hasValue() ? long() : null),
    text() {
      const from = takeText()
      return bytes.toString('utf8', from, at)
    },
    skipText: () => void takeText(),
    position: () => at,
  }
}
