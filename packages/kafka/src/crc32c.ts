/**
 * CRC-32C (Castagnoli), which Kafka's record batches carry; node:zlib only has the other CRC-32. Eight bytes a step
 * through eight tables ("slicing by 8"): about four times the speed of the plain table. Pure.
 */
const tables = buildTables()

function buildTables(): readonly Uint32Array[] {
  const first = new Uint32Array(256)
  for (let n = 0; n < 256; n += 1) {
    let c = n
    for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
    first[n] = c >>> 0
  }
  const all = [first]
  for (let t = 1; t < 8; t += 1) {
    const previous = all[t - 1] ?? first
    all.push(previous.map((c) => (c >>> 8) ^ (first[c & 0xff] ?? 0)))
  }
  return all
}

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
]

/** Of `bytes[from, to)`; an unsigned 32-bit number. */
export function crc32c(bytes: Buffer, from: number = 0, to: number = bytes.length): number {
  let crc = ~0
  let i = from
  for (; i + 8 <= to; i += 8) {
    const low = bytes.readInt32LE(i) ^ crc
    const high = bytes.readInt32LE(i + 4)
    crc =
      at(t7, low & 0xff) ^
      at(t6, (low >>> 8) & 0xff) ^
      at(t5, (low >>> 16) & 0xff) ^
      at(t4, low >>> 24) ^
      at(t3, high & 0xff) ^
      at(t2, (high >>> 8) & 0xff) ^
      at(t1, (high >>> 16) & 0xff) ^
      at(t0, high >>> 24)
  }
  for (; i < to; i += 1) crc = at(t0, (crc ^ (bytes[i] ?? 0)) & 0xff) ^ (crc >>> 8)
  return ~crc >>> 0
}

function at(table: Uint32Array, index: number): number {
  return table[index] ?? 0
}
