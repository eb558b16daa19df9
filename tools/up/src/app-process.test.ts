import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { choosePorts } from './app-process.ts'

const claimsDir = mkdtempSync(join(tmpdir(), 'scanhook-up-test-'))
afterAll(() => rmSync(claimsDir, { recursive: true, force: true }))

test('two checkouts that are brought up at the same moment get ports of their own; the second time each keeps them', async () => {
  const choose = (purpose: string, known?: Awaited<ReturnType<typeof choosePorts>>) =>
    choosePorts(known, { claimsDir, purpose })
  const [one, other] = await Promise.all([choose('one'), choose('other')])
  expect(new Set([...Object.values(one), ...Object.values(other)]).size).toBe(8)
  expect([await choose('one', one), await choose('other', other)]).toEqual([one, other])
})
