/**
 * Part d of the log bench: a webhook whose deliveries died by the hundred thousand is recovered by a paced job, while live
 * events go to it and to its neighbours of the same organization. Compared is what live deliveries take without the job
 * and beside it, in one run.
 */
import { deadIdStart, insertDead } from '../harness/insert-dead.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { type DeliverWorld, deliveryServices, openDeliverWorld } from './deliver-world.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { type AckedAtMs, publishSteadily } from './publish-steadily.ts'
import { shipment, shipmentType } from './shipment.ts'
import { startSink } from './start-sink.ts'
import { timed } from './steady-latency.ts'
import { wallMs } from './wall-clock.ts'

export interface RecoverySizes {
  readonly dead: number
  readonly perSecond: number
  readonly liveEventsPerSecond: number
  /** Without the job, before it. */
  readonly quietSeconds: number
}

export interface LiveLatencies {
  /** Endpoints that have nothing to do with the job. */
  readonly neighbours: Latencies
  /** Live events of the webhook that is being recovered. */
  readonly recovered: Latencies
}

export interface RecoveryFigures {
  readonly dead: number
  readonly perSecondAsked: number
  readonly perSecondReached: number
  /** Beyond one for each. */
  readonly repeated: number
  readonly before: LiveLatencies
  readonly during: LiveLatencies
}

const neighbours = 9
const liveGroup = 'live'
const recoveredGroup = 'recovered'
/** A pace of 500/s takes 200 s for 100,000; the rest is for a machine that is ten times as slow. */
const deadlineMs = 2_000_000

export async function measureRecovery(sizes: RecoverySizes): Promise<RecoveryFigures> {
  const sink = await startSink()
  const scene = await openDeliverWorld({ sink, services: [...deliveryServices, 'api', 'reconciler'] })
  try {
    const register = (path: string): Promise<{ readonly id: number }> =>
      scene.world.api.data('POST', '/api/v1/webhooks', {
        url: sink.urlOf(path),
        name: path,
        enabled: true,
        event_types: [shipmentType],
      })
    const recovered = await register(`/${recoveredGroup}/0`)
    for (let n = 0; n < neighbours; n += 1) await register(`/${liveGroup}/${n}`)
    await scene.warm([scene.world.orgId], liveGroup, neighbours)
    await waitUntil('the recovered one is known', async () => (await sink.counts(recoveredGroup)).count >= 2)
    await sink.forget(recoveredGroup)
    await insertDead(scene.world, recovered.id, sizes.dead)

    const quietEvents = sizes.quietSeconds * sizes.liveEventsPerSecond
    const before = await liveWhile(scene, sizes, 'before', (published) => published >= quietEvents)

    const startedMs = wallMs()
    const job = await scene.world.api.data<{ id: number }>('POST', '/api/v1/jobs', {
      kind: 'recover',
      webhook_id: recovered.id,
      since: new Date(startedMs - 86_400_000).toISOString(),
      deliveries_per_second: sizes.perSecond,
    })
    let isDone = false
    const ended = waitUntil(
      'the job is done',
      async () => {
        const { state } = await scene.world.api.data<{ state: string }>('GET', `/api/v1/jobs/${job.id}`)
        return state === 'done'
      },
      { deadlineMs, everyMs: 1_000 },
    ).finally(() => {
      isDone = true
    })
    const [during] = await Promise.all([liveWhile(scene, sizes, 'during', () => isDone), ended])
    await waitUntil('all dead ones have arrived', async () => (await deadOf(scene)).arrived >= sizes.dead)
    const { lastAtMs } = await deadOf(scene)
    const { repeats } = await sink.counts(recoveredGroup)
    return {
      dead: sizes.dead,
      perSecondAsked: sizes.perSecond,
      perSecondReached: (sizes.dead * 1_000) / (lastAtMs - startedMs),
      repeated: repeats,
      before,
      during,
    }
  } finally {
    await scene.close()
    sink.close()
  }
}

/** Publishes live events until it is over, and waits for what became of them. */
async function liveWhile(
  { prefix, producer, sink, world }: DeliverWorld,
  { liveEventsPerSecond: perSecond }: RecoverySizes,
  name: string,
  isOver: (published: number) => boolean,
): Promise<LiveLatencies> {
  const acked: AckedAtMs = await publishSteadily(producer, {
    perSecond,
    make: (index) => shipment(prefix, world.orgId, `${name}-${index}`),
    isOver,
  })
  const latenciesIn = async (group: string): Promise<number[]> =>
    timed(await sink.arrivals(group), acked).map(({ latencyMs }) => latencyMs)
  await waitUntil(
    'all live ones have arrived',
    async () =>
      (await latenciesIn(liveGroup)).length >= acked.size * neighbours &&
      (await latenciesIn(recoveredGroup)).length >= acked.size,
    { everyMs: 500 },
  )
  return {
    neighbours: latenciesOf(await latenciesIn(liveGroup)),
    recovered: latenciesOf(await latenciesIn(recoveredGroup)),
  }
}

async function deadOf({
  sink,
}: DeliverWorld): Promise<{ readonly arrived: number; readonly lastAtMs: number }> {
  const { ids, atMs } = await sink.arrivals(recoveredGroup)
  const times = atMs.filter((_, index) => ids[index]?.startsWith(deadIdStart) ?? false)
  return { arrived: times.length, lastAtMs: times.at(-1) ?? Number.NaN }
}
