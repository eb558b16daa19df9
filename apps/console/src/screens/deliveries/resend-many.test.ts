import { expect, test } from 'vitest'
import { type ResendPorts, resendMany } from './resend-many.ts'

class Asked extends Error {}

function portsOf(resend: ResendPorts['resend']) {
  const paused: number[] = []
  const seen: number[] = []
  let isStopped = false
  const ports: ResendPorts = {
    resend,
    pauseAsked: (error) => (error instanceof Asked ? 7_000 : null),
    pause: async (ms) => void paused.push(ms),
    isStopped: () => isStopped,
    onProgress: ({ done, failed }) => seen.push(done + failed.length),
  }
  return {
    ports,
    paused,
    seen,
    stop: () => {
      isStopped = true
    },
  }
}

test('every one is tried, and what failed is told with its reason', async () => {
  const { ports, seen } = portsOf(async (id) => {
    if (id === 'b') throw new Error('its event was erased')
  })
  expect(await resendMany(['a', 'b', 'c'], ports)).toEqual({
    done: 2,
    failed: [{ id: 'b', why: 'its event was erased' }],
    total: 3,
  })
  expect(seen).toEqual([1, 2, 3])
})

test('a pause that the API asks for is kept, and the same one tried again', async () => {
  let calls = 0
  const { ports, paused } = portsOf(async () => {
    calls += 1
    if (calls <= 2) throw new Asked('slower')
  })
  expect(await resendMany(['a'], ports)).toMatchObject({ done: 1, failed: [] })
  expect(paused).toEqual([7_000, 7_000])
})

test('one that is always put off ends as failed', async () => {
  const { ports, paused } = portsOf(async () => {
    throw new Asked('slower')
  })
  expect((await resendMany(['a'], ports)).failed).toEqual([{ id: 'a', why: 'slower' }])
  expect(paused).toHaveLength(10)
})

test('stopped means that no other one is begun', async () => {
  const { ports, stop } = portsOf(async () => stop())
  expect(await resendMany(['a', 'b'], ports)).toEqual({ done: 1, failed: [], total: 2 })
})
