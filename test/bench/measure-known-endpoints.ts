/** Part e of the deliver bench: the memory of a dispatcher that knows very many endpoints, few of them busy. */
import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '../harness/wait-until.ts'
import { startServices } from '../harness/world.ts'
import { type DeliverWorld, deliveryServices } from './deliver-world.ts'
import { figuresOfTree, forgetPeakRss, peakRssBytes } from './process-figures.ts'
import { readMetric } from './read-metric.ts'
import { startCpuCount } from './service-cpu.ts'
import { shipment } from './shipment.ts'

export interface KnownEndpointsSizes {
  readonly known: number
  /** Of them; each gets one delivery. */
  readonly busy: number
  readonly idleSeconds: number
}

export interface KnownEndpointsFigures extends KnownEndpointsSizes {
  readonly startSeconds: number
  /** Resident, of the dispatcher alone. */
  readonly memoryMiB: {
    readonly withoutEndpoints: number
    readonly known: number
    readonly peakWhileRead: number
    readonly afterTraffic: number
    readonly peakInTraffic: number
    /** When nothing was sent for `idleSeconds`. */
    readonly idle: number
  }
  /** Of one core, after the traffic. */
  readonly idleCpuShare: number
}

const endpointsPerOrg = 100
/** What a start leaves behind is collected within seconds. */
const settleMs = 3_000
const group = 'known'

/** Expects a world of which no service runs. */
export async function measureKnownEndpoints(
  scene: DeliverWorld,
  sizes: KnownEndpointsSizes,
): Promise<KnownEndpointsFigures> {
  const { world, producer, prefix, sink } = scene
  const { dispatcher } = world.services
  const residentMiB = (): number => figuresOfTree(dispatcher.pid() ?? 0).rssBytes / 2 ** 20
  const peakMiB = (): number => peakRssBytes(dispatcher.pid() ?? 0) / 2 ** 20
  await dispatcher.start()
  await sleep(settleMs)
  const withoutEndpoints = residentMiB()
  await dispatcher.terminate()

  const orgs = scene.newOrgs(sizes.known / endpointsPerOrg)
  await scene.announce(
    Array.from({ length: sizes.known }, (_, index) => ({
      org: orgs[Math.floor(index / endpointsPerOrg)] ?? 0,
      path: `/${group}/${index}`,
    })),
  )
  const startedAtMs = performance.now()
  await dispatcher.start()
  const startSeconds = (performance.now() - startedAtMs) / 1_000
  await waitUntil(
    'the dispatcher knows them all',
    async () => (await readMetric(dispatcher, 'scanhook_endpoints_known')) >= sizes.known,
  )
  await sleep(settleMs)
  const known = residentMiB()
  const peakWhileRead = peakMiB()

  await startServices(
    world,
    deliveryServices.filter((name) => name !== 'dispatcher'),
  )
  await scene.known()
  forgetPeakRss(dispatcher.pid() ?? 0)
  await producer.appendAll(
    orgs.slice(0, sizes.busy / endpointsPerOrg).map((org) => shipment(prefix, org, group).record),
  )
  await waitUntil('all are delivered', async () => (await sink.counts(group)).count >= sizes.busy)
  await waitUntil('all are settled', async () => (await scene.unsettled()) === 0)
  const afterTraffic = residentMiB()
  const peakInTraffic = peakMiB()
  const cpuSince = startCpuCount(world, ['dispatcher'])
  await sleep(sizes.idleSeconds * 1_000)
  const idleCpuShare = (cpuSince(1)['dispatcher'] ?? Number.NaN) / (sizes.idleSeconds * 1e6)
  return {
    ...sizes,
    startSeconds,
    memoryMiB: { withoutEndpoints, known, peakWhileRead, afterTraffic, peakInTraffic, idle: residentMiB() },
    idleCpuShare,
  }
}
