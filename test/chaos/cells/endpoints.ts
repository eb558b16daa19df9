/** E: what endpoints do. */
import { openNeverAccepting } from '../../harness/faulty-receiver.ts'
import { type Cell, surrounded } from '../cell.ts'
import { elsewhere, expectWords } from '../elsewhere.ts'
import { expectLogged, loggedCount } from '../logged.ts'
import { openOtherOrganization, openOwnReceiver, untilTaken } from '../other-organization.ts'
import type { BehaviourSpec } from '../receivers.ts'
import { openTlsFaults } from '../tls-faults.ts'

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
    check: (context) => expectLogged(context, { 'attempts timed out': "error_class = 'timeout'" }),
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
    check: (context) => expectLogged(context, { 'attempts timed out': "error_class = 'timeout'" }),
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
    check: async (context) => {
      await expectLogged(context, {
        'bodies cut off': 'is_body_truncated',
        'attempts ended for their protocol': "error_class = 'protocol'",
      })
      const larger = await loggedCount(context, `length(response_body) > ${bodyMaxCharacters}`)
      if (larger > 0)
        context.violated('I9', `${larger} bodies in the log are longer than ${bodyMaxCharacters}`)
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
    check: (context) =>
      expectLogged(context, { 'answers with 429': 'status = 429', 'answers with 503': 'status = 503' }),
  },
  {
    id: 'E7',
    fault: 'ten endpoints end connections instead of answering, while idle, or at their second request',
    invariants: ['I4', 'I10'],
    expectations: { mayReconnect: true },
    run: async ({ behave, fault, sleep }) => {
      await fault('connections end early', async () => {
        behave((nth) => closing[nth % closing.length] ?? { name: 'earlyFin' })
        await sleep(15_000)
      })
    },
    check: (context) => expectLogged(context, { 'attempts reset': "error_class = 'reset'" }),
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
    check: (context) =>
      expectLogged(context, {
        'attempts timed out': "error_class = 'timeout'",
        'delivered by a later one with the same id': `disposition = 'delivered' AND EXISTS (
          SELECT FROM attempts late WHERE late.delivery_id = attempts.delivery_id AND late.error_class = 'timeout')`,
      }),
  },
  surrounded(
    { id: 'E2', fault: 'ten endpoints never accept a connection: their backlog is full', invariants: ['I4'] },
    async () => {
      const { url, port, close } = await openNeverAccepting()
      return { env: {}, targets: [port], url, close }
    },
    {
      run: async ({ world, fault, sleep }, { url }) => {
        await fault('nobody accepts', () =>
          elsewhere(
            world,
            () => url,
            () => sleep(18_000),
          ),
        )
      },
      check: (context, { url }) =>
        expectWords(context, [[url, 'timeout', 'The connection was not accepted within']]),
    },
  ),
  surrounded(
    {
      id: 'E8',
      fault: 'another organization sends fifty times as many business events, 500 a second, for 15 s',
      invariants: ['I4'],
      setup: { eventsPerSecond: 10 },
    },
    openOwnReceiver,
    {
      run: async ({ world, fault }, own) => {
        const other = await openOtherOrganization(world)
        await other.subscribe(own.receiver.url)
        await fault('another organization floods', () => other.send(floodCount, 500))
      },
      check: async ({ violated, figure }, own) => {
        await untilTaken(own, floodCount)
        figure('delivered to the other', own.taken.size)
        if (own.inFlightMax() > endpointConcurrency)
          violated('I4', `the other had ${own.inFlightMax()} requests at a time`)
      },
    },
  ),
  surrounded(
    {
      id: 'E10',
      fault: 'the breaker of a failing endpoint opens with 10,000 deliveries parked; then it recovers',
      invariants: ['I4'],
      setup: { seconds: 60, eventsPerSecond: 10 },
    },
    openOwnReceiver,
    {
      run: async ({ world, fault, sleep, violated, figure }, own) => {
        const other = await openOtherOrganization(world)
        await other.subscribe(own.receiver.url)
        await fault('10,000 parked, then recovery', async () => {
          own.answer(503)
          await other.send(parkedCount, 1_000)
          await sleep(5_000)
          const before = own.receiver.seen().length
          figure('requests while it failed', before)
          if (before >= parkedCount)
            violated('I4', `${before} requests went to an endpoint that failed: no breaker opened`)
          own.forgetInFlight()
          own.answer(200)
          await untilTaken(own, parkedCount)
        })
        const [first = 0, last = 0] = [own.takenAtMs[0], own.takenAtMs.at(-1)]
        const seconds = (last - first) / 1_000
        figure('drained after recovery, s', seconds.toFixed(1))
        const inSecond = own.takenAtMs.filter((atMs) => atMs < first + 1_000).length
        figure('in the first second', inSecond)
        figure('at a time, max', own.inFlightMax())
        if (own.inFlightMax() > endpointConcurrency)
          violated('I4', `${own.inFlightMax()} requests at a time after the recovery: a stampede`)
        const held = await loggedCount(
          { world },
          `org_id = ${other.orgId} AND disposition = 'held' AND reason = 'breaker_open'`,
        )
        figure('times held while the breaker was open', held)
        if (held === 0) violated('I4', 'no breaker opened: nothing was proven')
        if (own.takenAtMs.length > parkedCount + endpointConcurrency)
          violated('I3', `${own.takenAtMs.length} were taken, of ${parkedCount}`)
      },
    },
  ),
  surrounded(
    {
      id: 'E11',
      fault:
        'certificates that are expired, not yet valid, of another host or self-signed, TLS 1.0, no certificate for the name, no TLS',
      invariants: ['I4'],
    },
    openTlsFaults,
    {
      run: async ({ world, fault, sleep }, { receivers }) => {
        await fault('TLS is broken', () =>
          elsewhere(
            world,
            (nth) => receivers[nth % receivers.length]?.url ?? '',
            () => sleep(15_000),
          ),
        )
      },
      check: (context, { receivers }) =>
        expectWords(
          context,
          receivers.map(({ url, words }) => [url, 'tls', words]),
        ),
    },
  ),
]

const floodCount = 7_500
const parkedCount = 10_000
/** What the log keeps of an answer (docs/reference/api.md). */
const bodyMaxCharacters = 4_096
/** The default of DISPATCHER_ENDPOINT_CONCURRENCY. */
const endpointConcurrency = 64
