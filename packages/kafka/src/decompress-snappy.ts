/**
 * Snappy, bare or in the frames of xerial's Java library, which Java clients write. Pure.
 * Format: github.com/google/snappy/blob/main/format_description.txt
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** Magic, version and oldest compatible version. */
const xerialHeaderBytes = 16

/** Throws RangeError when the bytes are damaged or give more than `maxBytes`. */
export function readSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return readBlock(bytes, maxBytes)
  const blocks: Buffer[] = []
  let leftBytes = maxBytes
  for (let at = xerialHeaderBytes; at + 4 <= bytes.length; ) {
    const length = bytes.readInt32BE(at)
    if (length < 0 || at + 4 + length > bytes.length) throw new RangeError('snappy: block is cut off')
    const block = readBlock(bytes.subarray(at + 4, at + 4 + length), leftBytes)
    leftBytes -= block.length
    blocks.push(block)
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

function readBlock(bytes: Buffer, maxBytes: number): Buffer {
  let { size, at } = readSize(bytes)
  if (size > maxBytes) throw new RangeError('snappy: too large')
  const out = Buffer.allocUnsafe(size)
  let end = 0
  while (at < bytes.length) {
    const element = readElement(bytes, at)
    if (end + element.length > size) throw new RangeError('snappy: more than announced')
    if (element.distance === 0) {
      if (element.at + element.length > bytes.length) throw new RangeError('snappy: literal is cut off')
      bytes.copy(out, end, element.at, element.at + element.length)
      at = element.at + element.length
    } else {
      copyBack(out, end, element)
      at = element.at
    }
    end += element.length
  }
  if (end !== size) throw new RangeError('snappy: less than announced')
  return out
}

function readSize(bytes: Buffer): { size: number; at: number } {
  let size = 0
  for (let at = 0; at < 5; at += 1) {
    const byte = byteAt(bytes, at)
    size += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { size, at: at + 1 }
  }
  throw new RangeError('snappy: size is damaged')
}

interface Element {
  readonly length: number
  /** How far back to copy from; 0 for a literal. */
  readonly distance: number
  /** Index of the literal, or of the next element. */
  readonly at: number
}

function readElement(bytes: Buffer, at: number): Element {
  const tag = byteAt(bytes, at)
  const kind = tag & 3
  if (kind === 0) return readLiteral(bytes, at, tag >> 2)
  const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
  if (kind === 1) return copy(length, ((tag >> 5) << 8) | byteAt(bytes, at + 1), at + 2)
  if (kind === 2) return copy(length, bytes.readUInt16LE(at + 1), at + 3)
  return copy(length, bytes.readUInt32LE(at + 1), at + 5)
}

/** A distance of 0 is not a literal but damage. */
function copy(length: number, distance: number, at: number): Element {
  if (distance === 0) throw new RangeError('snappy: copies from itself')
  return { length, distance, at }
}

function readLiteral(bytes: Buffer, at: number, short: number): Element {
  if (short < 60) return { length: short + 1, distance: 0, at: at + 1 }
  const width = short - 59
  return { length: bytes.readUIntLE(at + 1, width) + 1, distance: 0, at: at + 1 + width }
}

/** Byte by byte where the stretches overlap: that is how runs are written. */
function copyBack(out: Buffer, end: number, { length, distance }: Element): void {
  if (distance > end) throw new RangeError('snappy: copies from before the beginning')
  if (distance >= length) {
    out.copy(out, end, end - distance, end - distance + length)
    return
  }
  for (let i = 0; i < length; i += 1) out[end + i] = out[end - distance + i] ?? 0
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new RangeError('snappy: cut off')
  return byte
}
