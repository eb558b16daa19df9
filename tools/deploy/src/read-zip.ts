/** One file out of a zip archive: what the tools' packages are, and what Node has no door for. Stored or deflated, below 4 GiB. */
import { inflateRawSync } from 'node:zlib'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
/** The end record, with the longest comment there may be. */
const endMaxBytes = 22 + 65_535

/** The content of the entry `name`. Throws when there is none. */
export function readZip(archive: Buffer, name: string): Buffer {
  let at = archive.readUInt32LE(endRecord(archive) + 16)
  while (archive.readUInt32LE(at) === entrySignature) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    )
    const found = archive.toString('utf8', at + 46, at + 46 + (nameBytes ?? 0))
    if (found === name) return contentAt(archive, at)
    at += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0)
  }
  throw new Error(`the archive has no ${name}`)
}

function endRecord(archive: Buffer): number {
  const first = Math.max(0, archive.length - endMaxBytes)
  for (let at = archive.length - 22; at >= first; at--)
    if (archive.readUInt32LE(at) === endSignature) return at
  throw new Error('this is no zip archive')
}

function contentAt(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10)
  const packedBytes = archive.readUInt32LE(entry + 20)
  const local = archive.readUInt32LE(entry + 42)
  const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
  const packed = archive.subarray(begin, begin + packedBytes)
  if (method === 0) return packed
  if (method === 8) return inflateRawSync(packed)
  throw new Error(`packed by method ${method}, which is not known here`)
}
