import { expect, test } from 'vitest'
import { type ProvePorts, proveDelivery } from './prove-delivery.ts'

/** An installation whose deliveries begin to arrive after `readsNeeded` reads; null: never. */
function world(readsNeeded: number | null) {
  const calls: string[] = []
  let nowMs = 0
  let reads = 0
  let ids = 0
  const devices: unknown[] = []
  const ports: ProvePorts = {
    api: async (method, path) => {
      calls.push(`${method} ${path}`)
      if (path === '/locations') return null // was there
      return { id: 7, secret: 'whsec_x' }
    },
    scans: async (sent) => {
      reads += sent.length
      devices.push(...sent.map((read) => (read as { device: unknown }).device))
    },
    giveSecret: async (bin, secret) => void calls.push(`${bin} ${secret}`),
    verifiedCount: async () => (readsNeeded !== null && reads >= readsNeeded ? 1 : 0),
    wait: async (delayMs) => {
      nowMs += delayMs
    },
    monotonicMs: () => nowMs,
    newId: () => `id${ids++}`,
  }
  return { ports, calls, devices }
}

const options = { inspectorUrl: 'http://inspector:9000', keepsEndpoint: false, patienceMs: 10_000 }

test('reads come at the two doors in turn until one has led to a verified delivery', async () => {
  const { ports, calls, devices } = world(3)
  expect(await proveDelivery(ports, options)).toEqual({ bin: 'prove-id0', webhookId: 7, tookMs: 4_000 })
  expect(devices).toEqual(['prove-door-1', 'prove-door-2', 'prove-door-1'])
  expect(calls).toContain('prove-id0 whsec_x')
  expect(calls.at(-1)).toBe('DELETE /webhooks/7')
})

test('without a delivery it says so, and leaves no endpoint behind', async () => {
  const { ports, calls } = world(null)
  await expect(proveDelivery(ports, options)).rejects.toThrow('no verified delivery after 6 reads')
  expect(calls.at(-1)).toBe('DELETE /webhooks/7')
})

test('an endpoint that shall stay stays', async () => {
  const { ports, calls } = world(1)
  await proveDelivery(ports, { ...options, keepsEndpoint: true })
  expect(calls.some((call) => call.startsWith('DELETE'))).toBe(false)
})
