import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import {
  figuresOfTree,
  forgetPeakRss,
  machineCpuMs,
  peakRssBytes,
  pidListeningOn,
} from './process-figures.ts'

test('who listens on a port is found, and what it costs', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(pidListeningOn(port)).toBe(process.pid)
  const { cpuMs, rssBytes } = figuresOfTree(process.pid)
  expect(cpuMs).toBeGreaterThan(0)
  expect(rssBytes).toBeGreaterThan(10_000_000)
  await new Promise((resolve) => void server.close(resolve))
  expect(pidListeningOn(port)).toBeNull()
})

test('the peak of memory is that since it was last forgotten', () => {
  forgetPeakRss(process.pid)
  const before = peakRssBytes(process.pid)
  const held = Buffer.alloc(64 * 2 ** 20, 1)
  expect(peakRssBytes(process.pid)).toBeGreaterThan(before)
  expect(held.length).toBeGreaterThan(0)
})

test('a machine works no longer than it has time, and at least as long as this process did', () => {
  const { busyMs, allMs } = machineCpuMs()
  expect(busyMs).toBeLessThanOrEqual(allMs)
  expect(busyMs).toBeGreaterThanOrEqual(figuresOfTree(process.pid).cpuMs)
})
