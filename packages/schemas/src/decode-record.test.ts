import { openMetrics } from '@scanhook/observability/metrics'
import { expect, test } from 'vitest'
import { decodeMeter } from './decode-meter.ts'
import { recordDecoder } from './decode-record.ts'
import { badBytes, SchemasError } from './errors.ts'

const never = { signal: new AbortController().signal }
const away = (): SchemasError => new SchemasError('SCHEMA_REGISTRY_UNAVAILABLE', 'no answer')

test('a known schema decodes without a promise', () => {
  const decode = recordDecoder({ decode: () => 'value' }, async () => undefined)
  expect(decode(Buffer.alloc(1), never)).toEqual({ kind: 'good', value: 'value' })
})

test('bad bytes are a value with their reason, thrown or rejected', async () => {
  const thrown = recordDecoder(
    {
      decode: () => {
        throw badBytes('bad_magic', 'first byte')
      },
    },
    async () => undefined,
  )
  expect(await thrown(null, never)).toMatchObject({ kind: 'bad', reason: 'bad_magic' })
  const rejected = recordDecoder(
    { decode: () => Promise.reject(badBytes('unknown_schema', 'id 9')) },
    async () => undefined,
  )
  expect(await rejected(null, never)).toMatchObject({ kind: 'bad', reason: 'unknown_schema' })
})

test('B1: a registry that is away is asked again until it answers', async () => {
  let asked = 0
  const waits: number[] = []
  const decode = recordDecoder(
    { decode: () => (++asked < 4 ? Promise.reject(away()) : 'value') },
    async (delayMs) => void waits.push(delayMs),
  )
  let told = 0
  const patient = { ...never, stillWaiting: () => void told++ }
  expect(await decode(Buffer.alloc(1), patient)).toEqual({ kind: 'good', value: 'value' })
  expect(waits).toEqual([1_000, 1_000, 1_000])
  // Each wait is told, or the consumer's watchdog would take it for a stall and end the process.
  expect(told).toBe(3)
})

test('B1: once the partition is lost the question ends with a rejection, not with a bad record', async () => {
  const lost = new AbortController()
  const decode = recordDecoder({ decode: () => Promise.reject(away()) }, async () => lost.abort())
  await expect(decode(Buffer.alloc(1), lost)).rejects.toMatchObject({ retriable: true })
})

test('what can not be decoded and each wait for the registry are counted, by the kind of record', async () => {
  const metrics = openMetrics()
  const meter = decodeMeter(metrics, 'events')
  let asked = 0
  const decode = recordDecoder(
    { decode: () => Promise.reject(++asked === 1 ? away() : badBytes('unknown_schema', 'id 9')) },
    async () => undefined,
    meter,
  )
  await decode(Buffer.alloc(1), never)
  const text = await metrics.text()
  expect(text).toContain('scanhook_schema_decode_failures_total{record="events"} 1\n')
  expect(text).toContain('scanhook_schema_decode_failures_total{record="scans"} 0\n')
  expect(text).toContain('scanhook_schema_registry_waits_total{record="events"} 1\n')
})
