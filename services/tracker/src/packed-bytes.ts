/**
 * Writes and reads the small pieces of a packed state: whole numbers in as few bytes as they need (LEB128, seven bits a
 * byte), signed ones zigzag, text in Latin-1 where it fits and UTF-8 where not. Only for this process' memory: no bytes
 * of it are ever stored or sent.
 */
export interface PackWriter {
  byte(value: number): void
  /** 0 … 2^53 − 1. */
  number(value: number): void
  /** −2^52 … 2^52 − 1. */
  signed(value: number): void
  text(value: string): void
  /** Text that is a UUID in lower case takes 16 bytes, a flag and no more; other text is kept, too. */
  uuid(value: string): void
  /** Upper-case hex digits, as most tags have them, take half a byte each. */
  tagValue(value: string): void
  length(): number
}

export interface PackReader {
  byte(): number
  number(): number
  signed(): number
  text(): string
  uuid(): string
  tagValue(): string
}

const uuidLength = 36
/** Where the dashes stand. */
const dashes = new Set([8, 13, 18, 23])
const hexPattern = /^(?:[0-9A-F]{2})+$/
// Beyond 2^31 the shifts of a number's 32-bit form would lie.
const shiftLimit = 0x8000_0000

/** −1 for what is no digit in lower case. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}

/** `buffer` is large enough for any state; it is used again for each. */
export function packWriter(buffer: Buffer): PackWriter {
  let at = 0

  function number(value: number): void {
    let rest = value
    while (rest >= shiftLimit) {
      buffer[at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    buffer[at++] = rest
  }

  function text(value: string): void {
    let isLatin = true
    for (let index = 0; index < value.length; index++) {
      if (value.charCodeAt(index) > 0xff) isLatin = false
    }
    if (isLatin) {
      number(value.length * 2)
      for (let index = 0; index < value.length; index++) buffer[at++] = value.charCodeAt(index)
      return
    }
    number(Buffer.byteLength(value) * 2 + 1)
    at += buffer.write(value, at, 'utf8')
  }

  /** 16 bytes, or nothing written and false. By hand: a pattern and a copy without dashes cost five times as much. */
  function uuidBytes(value: string): boolean {
    if (value.length !== uuidLength) return false
    const start = at
    for (let index = 0; index < uuidLength; index++) {
      if (dashes.has(index)) continue
      const high = hexDigit(value.charCodeAt(index))
      const low = hexDigit(value.charCodeAt(++index))
      if (high === -1 || low === -1) break
      buffer[at++] = high * 16 + low
    }
    if (at - start === 16 && [...dashes].every((index) => value[index] === '-')) return true
    at = start
    return false
  }

  return {
    byte: (value) => {
      buffer[at++] = value
    },
    number,
    signed: (value) => number(value < 0 ? -value * 2 - 1 : value * 2),
    text,
    uuid(value) {
      const flag = at++
      const isUuid = uuidBytes(value)
      buffer[flag] = Number(isUuid)
      if (!isUuid) text(value)
    },
    tagValue(value) {
      const isHex = hexPattern.test(value)
      number(isHex ? value.length / 2 : 0)
      if (isHex) at += buffer.write(value, at, 'hex')
      else text(value)
    },
    length: () => at,
  }
}

export function packReader(buffer: Buffer, start: number): PackReader {
  let at = start

  function number(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = buffer[at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
  }

  function text(): string {
    const head = number()
    const length = Math.floor(head / 2)
    at += length
    return head % 2 === 0
      ? buffer.toString('latin1', at - length, at)
      : buffer.toString('utf8', at - length, at)
  }

  function hex(bytes: number): string {
    at += bytes
    return buffer.toString('hex', at - bytes, at)
  }

  return {
    byte: () => buffer[at++] ?? 0,
    number,
    signed() {
      const value = number()
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    },
    text,
    uuid() {
      if (buffer[at++] === 0) return text()
      const digits = hex(16)
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
    },
    tagValue() {
      const bytes = number()
      return bytes === 0 ? text() : hex(bytes).toUpperCase()
    },
  }
}
