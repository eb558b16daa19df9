/**
 * Packed states of one partition, outside the heap: the collector never walks a million of them, and a state costs its
 * bytes and no object. Knows bytes and refs, not what they mean.
 *
 * A log in memory: a state that no longer fits where it lies is written anew at the end, and leaves a gap. When the gaps
 * are too much, the chunk with the most of them is emptied: what lives in it moves to the end, and the chunk is used
 * again. Lists of free places by size were tried first and kept 610 bytes an asset where 160 were in use, because states
 * grow through all sizes and leave every one of them behind.
 *
 * Invariants
 *   B1. What was put under a ref is what `read` sees, until the next `put` or `drop` of that ref.
 *   B2. Memory is at most the live states and an eighth more, and three chunks: one of gaps that are not closed yet, the
 *       one that is being filled, and an empty one that is kept for the next. An emptied chunk beyond it is given back.
 */
import assert from 'node:assert/strict'
import { type PagedNumbers, pagedWords } from './paged-numbers.ts'

export interface StateSlab {
  /** Keeps a copy of `bytes[0 … length)`. */
  put(ref: number, bytes: Buffer, length: number): void
  /** Calls `read` with the buffer and the offset at which the state of `ref` begins. Valid only within the call. */
  read<T>(ref: number, read: (bytes: Buffer, start: number) => T): T
  drop(ref: number): void
  bytes(): number
}

// A unit of 4 bytes: half a unit is wasted on average, and 2^32 units are 16 GiB.
const unitBytes = 4
// 256 KiB a chunk: a small partition costs that much, and emptying one copies a thousand states, some 0.2 ms.
const chunkUnits = 65_536
/** Before each state: its ref and its units, so that a chunk can be walked. */
const headerBytes = 6
// The longest names and tag values that master data admits come to some 5 KB.
const unitsMax = 16_384
// An eighth of gaps: fewer would mean copying all the time, more is memory for nothing.
const gapsDivisor = 8

interface Chunk {
  /** Empty when its memory was given back; its number is used again. */
  bytes: Buffer
  /** Units written so far. */
  used: number
  /** Units of states that still lie here. */
  live: number
}

const noMemory = Buffer.alloc(0)
const newMemory = (): Buffer => Buffer.allocUnsafeSlow(chunkUnits * unitBytes)

export function stateSlab(): StateSlab {
  const chunks: Chunk[] = []
  /** Chunks that were emptied; only the last of them has memory. */
  const spare: number[] = []
  /** Chunk number × chunkUnits + unit within it, plus one; 0 for none. */
  const addresses: PagedNumbers = pagedWords()
  let current = newChunk()
  let liveUnits = 0
  let usedUnits = 0

  function newChunk(): number {
    const reused = spare.pop()
    if (reused === undefined) return chunks.push({ bytes: newMemory(), used: 0, live: 0 }) - 1
    const chunk = chunkAt(reused)
    if (chunk.bytes === noMemory) chunk.bytes = newMemory()
    return reused
  }

  function chunkAt(number: number): Chunk {
    const chunk = chunks[number]
    assert(chunk !== undefined, 'an address lies in a chunk')
    return chunk
  }

  const chunkOf = (address: number): Chunk => chunkAt(Math.floor(address / chunkUnits))
  const startOf = (address: number): number => (address % chunkUnits) * unitBytes

  /** Space at the end of the log, with its header written; returns the address. */
  function allocate(ref: number, units: number): number {
    let chunk = chunkAt(current)
    if (chunk.used + units > chunkUnits) {
      current = newChunk()
      chunk = chunkAt(current)
    }
    const address = current * chunkUnits + chunk.used
    chunk.bytes.writeUInt32LE(ref, startOf(address))
    chunk.bytes.writeUInt16LE(units, startOf(address) + 4)
    chunk.used += units
    chunk.live += units
    usedUnits += units
    liveUnits += units
    addresses.set(ref, address + 1)
    return address
  }

  function release(ref: number): void {
    const address = addresses.get(ref) - 1
    if (address < 0) return
    const chunk = chunkOf(address)
    const units = chunk.bytes.readUInt16LE(startOf(address) + 4)
    chunk.live -= units
    liveUnits -= units
    addresses.set(ref, 0)
  }

  /** B2. */
  function closeGaps(): void {
    while (usedUnits - liveUnits > liveUnits / gapsDivisor + chunkUnits) empty(gappiest())
  }

  function gappiest(): number {
    let worst = -1
    let gaps = 0
    for (const [number, chunk] of chunks.entries()) {
      if (number === current || chunk.used - chunk.live <= gaps) continue
      worst = number
      gaps = chunk.used - chunk.live
    }
    assert(worst !== -1, 'gaps beyond one chunk lie in others than the current one, too')
    return worst
  }

  function empty(number: number): void {
    const { bytes, used } = chunkAt(number)
    for (let unit = 0; unit < used; ) {
      const start = unit * unitBytes
      const ref = bytes.readUInt32LE(start)
      const units = bytes.readUInt16LE(start + 4)
      if (addresses.get(ref) === number * chunkUnits + unit + 1) move(ref, bytes, start, units)
      unit += units
    }
    const chunk = chunkAt(number)
    usedUnits -= used
    chunk.used = 0
    assert(chunk.live === 0, 'whatever lived in the chunk has moved')
    const kept = spare.at(-1)
    if (kept !== undefined) chunkAt(kept).bytes = noMemory
    spare.push(number)
  }

  function move(ref: number, bytes: Buffer, start: number, units: number): void {
    release(ref)
    const address = allocate(ref, units)
    const to = startOf(address)
    bytes.copy(chunkOf(address).bytes, to + headerBytes, start + headerBytes, start + units * unitBytes)
  }

  return {
    put(ref, bytes, length) {
      const units = Math.ceil((length + headerBytes) / unitBytes)
      assert(units <= unitsMax, 'a state is bounded')
      let address = addresses.get(ref) - 1
      const isInPlace = address >= 0 && chunkOf(address).bytes.readUInt16LE(startOf(address) + 4) === units
      if (!isInPlace) {
        release(ref)
        address = allocate(ref, units)
      }
      bytes.copy(chunkOf(address).bytes, startOf(address) + headerBytes, 0, length)
      if (!isInPlace) closeGaps()
    },
    read(ref, read) {
      const address = addresses.get(ref) - 1
      assert(address >= 0, 'only what was put can be read')
      return read(chunkOf(address).bytes, startOf(address) + headerBytes)
    },
    drop(ref) {
      release(ref)
      closeGaps()
    },
    bytes: () => chunks.reduce((sum, chunk) => sum + chunk.bytes.length, addresses.bytes()),
  }
}
