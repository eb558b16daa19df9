import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { claimPorts } from './port-claims.ts'
import { drawPort } from './ports.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-claims-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const claim = (purpose: string, ports: readonly (number | undefined)[]) =>
  claimPorts(folder, { purpose, ports, avoided: [] }, () => undefined)

test('C1: many who want the same ports at the same moment get different ones, although nobody listens yet', async () => {
  const wanted = [await drawPort(new Set()), await drawPort(new Set())]
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((purpose) => claim(purpose, [...wanted, undefined])))
  expect(new Set(all.flat()).size).toBe(12)
  expect(all.filter(([first]) => first === wanted[0])).toHaveLength(1)
})

test('C1: who chooses again for the same purpose keeps what it has; what somebody listens at is left', async () => {
  const first = await claim('again', [undefined, undefined])
  expect(await claim('again', first)).toEqual(first)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: first[0] }, resolve))
  const second = await claim('again', first)
  expect([second[0] === first[0], second[1] === first[1]]).toEqual([false, true])
  await new Promise((resolve) => server.close(resolve))
})

test('C2: what somebody chose who is gone is free, and a file that is damaged holds nothing', async () => {
  const file = join(folder, 'claims.json')
  const port = await drawPort(new Set())
  const by = { pid: 1, startTick: 'never', bootId: 'before' }
  writeFileSync(file, JSON.stringify([{ port, purpose: 'gone', by }]))
  expect(await claim('next', [port])).toEqual([port])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ port, purpose: 'next' }])
  writeFileSync(file, '{')
  expect(await claim('other', [port])).toEqual([port])
})
