import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { checkDigest } from './chart-tools.ts'
import { readZip } from './read-zip.ts'

/** A zip as every writer makes it: local header and content for each file, then the directory, then its end. */
function zipOf(
  files: Readonly<Record<string, { readonly content: string; readonly isDeflated: boolean }>>,
): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, { content, isDeflated }] of Object.entries(files)) {
    const packed = isDeflated ? deflateRawSync(content) : Buffer.from(content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(Buffer.byteLength(name), 26)
    local.writeUInt16LE(4, 28) // an extra field, which the directory has not
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(isDeflated ? 8 : 0, 10)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt16LE(Buffer.byteLength(name), 28)
    entry.writeUInt32LE(offset, 42)
    const whole = Buffer.concat([local, Buffer.from(name), Buffer.alloc(4), packed])
    locals.push(whole)
    entries.push(Buffer.concat([entry, Buffer.from(name)]))
    offset += whole.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, ...entries, end])
}

test('a file of a zip is read, stored or deflated', () => {
  const zip = zipOf({
    'kubectl/kubectl': { content: 'other', isDeflated: true },
    'helm/helm': { content: 'program'.repeat(1000), isDeflated: true },
    plain: { content: 'as it is', isDeflated: false },
  })
  expect(readZip(zip, 'helm/helm').toString()).toBe('program'.repeat(1000))
  expect(readZip(zip, 'plain').toString()).toBe('as it is')
  expect(() => readZip(zip, 'absent')).toThrow('the archive has no absent')
  expect(() => readZip(Buffer.alloc(100), 'plain')).toThrow('no zip archive')
})

test('D1: a program with another digest is refused', () => {
  const sha256OfA = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'
  expect(() => checkDigest(Buffer.from('a'), sha256OfA)).not.toThrow()
  expect(() => checkDigest(Buffer.from('b'), sha256OfA)).toThrow('has the digest')
})
