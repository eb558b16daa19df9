import { expect, test } from 'vitest'
import { splitTimings } from './split-timings.ts'

const none = { dns_ms: null, connect_ms: null, tls_ms: null, first_byte_ms: null, total_ms: null }

test('phases follow each other up to the end', () => {
  expect(splitTimings({ dns_ms: 2, connect_ms: 5, tls_ms: 15, first_byte_ms: 40, total_ms: 41 })).toEqual([
    { name: 'DNS', startMs: 0, lastsMs: 2 },
    { name: 'Connect', startMs: 2, lastsMs: 3 },
    { name: 'TLS', startMs: 5, lastsMs: 10 },
    { name: 'Waiting', startMs: 15, lastsMs: 25 },
    { name: 'Reading', startMs: 40, lastsMs: 1 },
  ])
})

test('an open connection has no phases before the waiting, a failed attempt ends where it failed', () => {
  expect(splitTimings({ ...none, first_byte_ms: 9, total_ms: 10 }).map(({ name }) => name)).toEqual([
    'Waiting',
    'Reading',
  ])
  expect(splitTimings({ ...none, dns_ms: 3, total_ms: 5000 })).toEqual([
    { name: 'DNS', startMs: 0, lastsMs: 3 },
    { name: 'Until it failed', startMs: 3, lastsMs: 4997 },
  ])
  expect(splitTimings(none)).toEqual([])
})

test('marks out of order never make a phase negative', () => {
  for (const { lastsMs } of splitTimings({ ...none, dns_ms: 5, connect_ms: 4, total_ms: 6 }))
    expect(lastsMs).toBeGreaterThanOrEqual(0)
})
