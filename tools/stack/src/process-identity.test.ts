import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { identify, isAlive } from './process-identity.ts'

test('we ourselves are alive', () => {
  const self = identify(process.pid)
  expect(self?.pid).toBe(process.pid)
  expect(self !== null && isAlive(self)).toBe(true)
})

test('P1: the same number with another start or boot is another process', () => {
  const self = identify(process.pid)
  if (self === null) throw new Error('no such process')
  expect(isAlive({ ...self, startTick: '1' })).toBe(false)
  expect(isAlive({ ...self, bootId: 'another boot' })).toBe(false)
})

test('a process that ended is not alive', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const known = child.pid === undefined ? null : identify(child.pid)
  expect(known !== null && isAlive(known)).toBe(true)
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.stdin.end()
  await closed
  expect(known !== null && isAlive(known)).toBe(false)
})
