import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openLedgerFile, readLedgerFile } from './ledger-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-ledger-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a line that was acknowledged is in the file, in order, and a torn last line does not count', async () => {
  const file = join(folder, 'ledger.ndjson')
  const ledger = openLedgerFile<number>(file)
  await Promise.all([1, 2, 3].map((number) => ledger.append(number)))
  expect(readFileSync(file, 'utf8')).toBe('1\n2\n3\n')
  await ledger.append(4)
  await ledger.close()
  appendFileSync(file, '{"torn":')
  expect(readLedgerFile(file)).toEqual([1, 2, 3, 4])
})
