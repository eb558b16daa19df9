/** E: what endpoints do. */
import type { Cell } from '../cell.ts'
import type { BehaviourSpec } from '../receivers.ts'

/** The status is one that is sent again: what is judged is that the answer was cut off, not what it said. */
const monstrous: readonly BehaviourSpec[] = [
  { name: 'endlessChunked', value: 500 },
  { name: 'hugeBody', value: 500 },
  { name: 'gzipBomb', value: 500 },
  { name: 'hugeHeader' },
  { name: 'informationalFlood' },
]

const wilful: readonly BehaviourSpec[] = [
  { name: 'flap', value: 0.5 },
  { name: 'status', value: 429, text: '0' },
  { name: 'status', value: 429, text: '30' },
  { name: 'status', value: 429, text: '1000000000' },
  { name: 'status', value: 429, text: 'Thu, 01 Jan 2026 00:00:00 GMT' },
  { name: 'status', value: 429, text: 'as soon as you like' },
]

const closing: readonly BehaviourSpec[] = [
  { name: 'earlyFin' },
  { name: 'closeIdle' },
  { name: 'dropReused' },
]

export const endpointCells: readonly Cell[] = [
  {
    id: 'E1',
    fault: 'ten endpoints take connections and requests and never answer',
    invariants: ['I4'],
    run: async ({ behave, fault, sleep }) => {
      await fault('the faulty endpoints hang', async () => {
        behave(() => ({ name: 'hang' }))
        await sleep(15_000)
      })
    },
  },
  {
    id: 'E3',
    fault: 'ten endpoints trickle headers, or the body, byte after byte',
    invariants: ['I4', 'I9'],
    run: async ({ behave, fault, sleep }) => {
      await fault('answers trickle', async () => {
        behave((nth) => (nth % 2 === 0 ? { name: 'headerTrickle' } : { name: 'bodyTrickle', value: 503 }))
        await sleep(15_000)
      })
    },
  },
  {
    id: 'E4',
    fault:
      'ten endpoints answer with an endless body, 1 GB, a gzip bomb, a header of 64 KB or interim answers without end',
    invariants: ['I4', 'I9'],
    run: async ({ behave, fault, sleep }) => {
      await fault('answers without measure', async () => {
        behave((nth) => monstrous[nth % monstrous.length] ?? { name: 'hugeBody', value: 500 })
        await sleep(15_000)
      })
    },
  },
  {
    id: 'E6',
    fault: 'ten endpoints flap, or say 429 with Retry-After 0, 30, a billion, a date, garbage',
    invariants: ['I4', 'I6'],
    run: async ({ behave, fault, sleep }) => {
      await fault('flapping and 429', async () => {
        behave((nth) => wilful[nth % wilful.length] ?? { name: 'flap', value: 0.5 })
        await sleep(15_000)
      })
    },
  },
  {
    id: 'E7',
    fault: 'ten endpoints end connections instead of answering, while idle, or at their second request',
    invariants: ['I4', 'I10'],
    run: async ({ behave, fault, sleep }) => {
      await fault('connections end early', async () => {
        behave((nth) => closing[nth % closing.length] ?? { name: 'earlyFin' })
        await sleep(15_000)
      })
    },
  },
  {
    id: 'E9',
    fault: 'all deliveries in one partition: five endpoints hang and five say 500 between the healthy ones',
    invariants: ['I4'],
    setup: { env: { SETUP_PARTITIONS: '1' } },
    run: async ({ behave, fault, sleep }) => {
      await fault('bad endpoints in the partition of healthy ones', async () => {
        behave((nth) => (nth % 2 === 0 ? { name: 'hang' } : { name: 'status', value: 500 }))
        await sleep(15_000)
      })
    },
  },
  {
    id: 'E5',
    fault: 'ten endpoints answer the first request for a message after our deadline',
    invariants: ['I4'],
    run: async ({ behave, fault, sleep }) => {
      await fault('200 too late', async () => {
        behave(() => ({ name: 'lateOk', value: 60_000 }))
        await sleep(18_000)
      })
    },
  },
  {
    id: 'E2',
    fault: 'ten endpoints never accept a connection',
    invariants: ['I4'],
    cannot:
      'no cell yet: a server of Node that listens also accepts. Row E2 of test/e2e/bad-receivers.test.ts has a full backlog, without this load',
  },
  {
    id: 'E8',
    fault: 'one organization sends fifty times as much as another',
    invariants: ['I4'],
    cannot:
      'no cell yet: the load has one organization. E8 of test/e2e/overloaded-receivers.test.ts has two, without this load',
  },
  {
    id: 'E10',
    fault: 'a breaker opens for long and recovers with 10,000 deliveries parked',
    invariants: ['I4'],
    cannot: 'no cell yet: the load parks some hundreds in the time of a cell',
  },
  {
    id: 'E11',
    fault: 'certificates that are expired, of another host or self-signed, TLS 1.0, no SNI',
    invariants: ['I4'],
    cannot:
      'no cell yet: the receivers of the matrix speak plain http. Rows E11 of test/e2e/bad-receivers.test.ts have each, without this load',
  },
]
