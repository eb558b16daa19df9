/**
 * LZ4 frames, as Kafka writes them since its message format 2. Checksums are not checked: Kafka's batch has its own.
 * Pure. Format: github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
const frameMagic = 0x184d2204

/** Throws RangeError when the bytes are damaged or give more than `maxBytes`. */
export function readLz4Frame(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.readUInt32LE(0) !== frameMagic) throw new RangeError('lz4: not a frame')
  const flags = bytes.readUInt8(4)
  const hasBlockChecksums = (flags & 0x10) !== 0
  const hasContentSize = (flags & 0x08) !== 0
  const hasDictionary = (flags & 0x01) !== 0
  // Magic, flags, block descriptor, (content size), (dictionary id), header checksum.
  let at = 6 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1
  const out = new Output(Math.min(maxBytes, bytes.length * 4), maxBytes)
  for (;;) {
    const size = bytes.readUInt32LE(at)
    at += 4
    if (size === 0) return out.taken() // The end mark; a content checksum may follow.
    const length = size & 0x7fffffff
    if (at + length > bytes.length) throw new RangeError('lz4: block is cut off')
    const block = bytes.subarray(at, at + length)
    if (size > 0x7fffffff) out.append(block, 0, block.length)
    else readBlock(block, out)
    at += length + (hasBlockChecksums ? 4 : 0)
  }
}

/** Blocks may copy from earlier ones, so all of them write into the same output. */
function readBlock(block: Buffer, out: Output): void {
  let at = 0
  while (at < block.length) {
    const token = block.readUInt8(at)
    const literal = readLength(block, at + 1, token >> 4)
    out.append(block, literal.at, literal.length)
    at = literal.at + literal.length
    if (at >= block.length) return // The last sequence is a literal only.
    const distance = block.readUInt16LE(at)
    const match = readLength(block, at + 2, token & 0x0f)
    out.copyBack(distance, match.length + 4)
    at = match.at
  }
}

/** 15 means: more follows, as long as bytes are 255. */
function readLength(block: Buffer, from: number, short: number): { length: number; at: number } {
  let length = short
  let at = from
  if (short < 15) return { length, at }
  for (;;) {
    const byte = block.readUInt8(at)
    at += 1
    length += byte
    if (byte < 255) return { length, at }
  }
}

/** Grows by doubling: a frame seldom says how much it holds. */
class Output {
  readonly #maxBytes: number
  #bytes: Buffer
  #length = 0

  constructor(initialBytes: number, maxBytes: number) {
    this.#bytes = Buffer.allocUnsafe(initialBytes)
    this.#maxBytes = maxBytes
  }

  append(source: Buffer, from: number, length: number): void {
    if (from + length > source.length) throw new RangeError('lz4: literal is cut off')
    this.#reserve(length)
    source.copy(this.#bytes, this.#length, from, from + length)
    this.#length += length
  }

  copyBack(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length)
      throw new RangeError('lz4: copies from before the beginning')
    this.#reserve(length)
    const from = this.#length - distance
    if (distance >= length) this.#bytes.copy(this.#bytes, this.#length, from, from + length)
    else for (let i = 0; i < length; i += 1) this.#bytes[this.#length + i] = this.#bytes[from + i] ?? 0
    this.#length += length
  }

  taken(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(length: number): void {
    const needed = this.#length + length
    if (needed > this.#maxBytes) throw new RangeError('lz4: too large')
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2)))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
