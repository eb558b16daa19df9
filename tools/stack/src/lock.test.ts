import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withLock } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-lock-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const silent = (): void => undefined

test('S5: two pieces of work on one folder never overlap', async () => {
  const steps: string[] = []
  const work = (name: string) => async (): Promise<void> => {
    steps.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    steps.push(`${name} ends`)
  }
  await Promise.all([withLock(folder, silent, work('one')), withLock(folder, silent, work('two'))])
  expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends'])
})

test('the lock of a dead holder is taken over', async () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, startTick: 'never', bootId: 'before' }))
  expect(await withLock(folder, silent, async () => 'done')).toBe('done')
})

test('work that fails leaves no lock', async () => {
  await expect(withLock(folder, silent, async () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  )
  expect(await withLock(folder, silent, async () => 'done')).toBe('done')
})
