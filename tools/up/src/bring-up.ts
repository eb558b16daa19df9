/**
 * `bin/up`: brings everything up step by step, feeds reads, and waits for the first verified delivery. Idempotent:
 * what runs already is used. Owns the order of the steps and the record of what this run started.
 */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findPlaces } from '@scanhook/stack/places'
import { isAlive, type ProcessIdentity } from '@scanhook/stack/process-identity'
import { run, startDetached, stopProcess } from '@scanhook/stack/processes'
import { startStack } from '@scanhook/stack/stack'
import { addressOf, pieceNames, readState, type StackState, variableOf } from '@scanhook/stack/state'
import { type ApiClient, apiClient } from './api-client.ts'
import { appEnv, checkout, choosePorts, newSecretKeys, startApp, waitReady } from './app-process.ts'
import type { FeedOrder } from './feed-order.ts'
import { readFeedStatus, writeFeedStatus } from './feed-status.ts'
import { type InspectorClient, inspectorClient } from './inspector-client.ts'
import { type OpenRecording, openRecording, openSimulation } from './open-recording.ts'
import type { Wanted } from './parse-arguments.ts'
import { provision } from './provision.ts'
import { registerEndpoint } from './register-endpoint.ts'
import type { RunFolder, RunState } from './run-folder.ts'
import { sumOf } from './scrape.ts'
import type { Steps } from './steps.ts'
import { appStopMs } from './take-down.ts'

export type UpOrder = Extract<Wanted, { kind: 'up' }>

export interface Running {
  readonly state: RunState
  readonly inspector: InspectorClient
  readonly urls: { readonly api: string; readonly inspector: string; readonly health: string }
  /** Opens the console, signed in; good for one use within an hour. */
  readonly consoleLink: string
  /** Deliveries that the inspector had verified before this run's reads. */
  readonly verifiedBefore: number
}

export interface UpContext {
  readonly folder: RunFolder
  readonly steps: Steps
  readonly env: Readonly<Record<string, string | undefined>>
  /** Told at once, so that an interrupted run ends it. */
  readonly started: (what: 'stack' | 'app' | 'feed') => void
}

export const stepCount = 8

/** What the API, the inspector and the services are called at. */
function urlsOf(ports: RunState['ports']): Running['urls'] {
  const at = (port: number): string => `http://127.0.0.1:${port}`
  return { api: at(ports.api), inspector: at(ports.inspector), health: at(ports.health) }
}

export async function bringUp(order: UpOrder, context: UpContext): Promise<Running> {
  const { folder, steps } = context
  // Before anything is started: a file that is none is told at once.
  const recording =
    order.replayFile === null ? openSimulation(order.speed) : await openRecording(order.replayFile)
  let state = await firstState(context)
  const keep = (change: Partial<RunState>): RunState => {
    state = { ...state, ...change }
    folder.write(state)
    return state
  }

  const addresses = await steps.step('infrastructure', (detail) => infrastructure(context, detail, keep))
  await endStrangers(state, addresses)
  const urls = urlsOf(state.ports)
  await steps.step('console', () => buildConsole())
  const env = appEnv({ addresses, ports: state.ports, secretKeys: state.secretKeys, folder }, context.env)
  const prefix = env['TOPIC_PREFIX'] ?? 'scanhook.'

  await steps.step('topics, schemas, tables', () => node('services/setup/src/main.ts', [], env))
  const organization = await steps.step('demo organization', async (detail) => {
    const { organization: known } = state
    if (known !== null && isRunning(state.app) && (await isKeyGood(urls.api, known.apiKey))) return known
    const text = await node('services/setup/src/seed-main.ts', ['--json'], env)
    const { org_id: id, api_key: apiKey } = JSON.parse(text) as { org_id: number; api_key: string }
    detail(`organization ${id}`)
    return keep({ organization: { id, apiKey } }).organization ?? { id, apiKey }
  })
  await steps.step('services', async (detail) => {
    if (isRunning(state.app)) detail('were running')
    else {
      // Whoever tries it out looks after it, too; what the shell says stands.
      const own = { OPERATOR_ORG_IDS: `${organization.id}`, ...env }
      keep({ app: await startApp(own, folder), appAddresses: addresses })
      context.started('app')
    }
    if (state.app !== null) await waitReady(state.app, urls.health, folder.fileOf('scanhook.log'))
  })

  const api = apiClient(urls.api, organization.apiKey)
  const inspector = inspectorClient(urls.inspector, 'demo')
  await steps.step(`places, readers, assets of “${recording.header.name}”`, (detail) =>
    provisionFrom(api, recording, detail),
  )
  await steps.step('endpoint at the inspector', async (detail) => {
    const before = await announcementsApplied(urls.health)
    const { endpoint, changeCount } = await registerEndpoint(api, inspector, state.endpoint)
    keep({ endpoint })
    detail(changeCount === 0 ? 'was there' : 'made')
    await untilRouterKnows(urls.health, before + changeCount)
  })
  const { verified: verifiedBefore } = await inspector.counts()
  await steps.step('reads', async (detail) => {
    await endFeed(state.feed)
    keep({ feed: await startFeed(order, { folder, addresses, orgId: organization.id, prefix }) })
    context.started('feed')
    folder.writeEnv(envFileOf(state, { urls, addresses, prefix }))
    detail(speedText(order, recording))
  })
  const consoleLink = await linkIntoConsole(api, urls.api)
  return { state, inspector, urls, consoleLink, verifiedBefore }
}

/** From turbo's cache when nothing has changed; in a second when something has. The services read the files when they start. */
async function buildConsole(): Promise<void> {
  const words = ['node_modules/turbo/bin/turbo', 'run', 'build', '--output-logs=errors-only', '--ui=stream']
  await run({
    ...{ file: process.execPath, args: words, cwd: checkout },
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  })
}

/** As long as a link may live: whoever started the demonstration may come back to the window later. */
const linkLifeS = 3_600

async function linkIntoConsole(api: ApiClient, apiUrl: string): Promise<string> {
  const { data: organization } = await api.get('/orgs/me')
  const { data: link } = await api.post('/portal-links', {
    label: 'bin/up',
    expires_in_seconds: linkLifeS,
    scopes: organization['scopes'],
  })
  return `${apiUrl}/console/sign-in#token=${String(link['token'])}`
}

async function firstState({ folder, env }: UpContext): Promise<RunState> {
  const known = folder.read()
  if (known !== null && isRunning(known.app)) return known
  return {
    startedStackDir: null,
    organization: null,
    endpoint: null,
    ...known,
    app: null,
    appAddresses: {},
    feed: known?.feed ?? null,
    secretKeys: known?.secretKeys ?? newSecretKeys(),
    ports: await choosePorts(known?.ports, {
      ...{ claimsDir: join(findPlaces(env).cacheDir, 'ports'), purpose: `services of ${folder.path}` },
    }),
  }
}

/** Services that run on another infrastructure (it was given otherwise, or begun anew) are of no use here. */
async function endStrangers(state: RunState, addresses: Readonly<Record<string, string>>): Promise<void> {
  const isSame = Object.entries(addresses).every(([name, address]) => state.appAddresses[name] === address)
  if (isSame || !isRunning(state.app)) return
  await endFeed(state.feed)
  await stopProcess(state.app, 'SIGTERM', appStopMs)
}

function isRunning(known: ProcessIdentity | null): known is ProcessIdentity {
  return known !== null && isAlive(known)
}

async function infrastructure(
  { env, started }: UpContext,
  detail: (text: string) => void,
  keep: (change: Partial<RunState>) => RunState,
): Promise<Record<string, string>> {
  const places = findPlaces(env)
  const wasRunning = isStackRunning(readState(places.stackDir))
  if (!wasRunning) {
    started('stack')
    keep({ startedStackDir: places.stackDir })
  }
  const state = await startStack(places, env, detail)
  detail(wasRunning ? 'was running' : 'Kafka, schema registry, PostgreSQL, Redis')
  return Object.fromEntries(
    pieceNames.flatMap((name) => {
      const piece = state[name]
      return piece === undefined ? [] : [[variableOf[name], addressOf(piece)]]
    }),
  )
}

function isStackRunning(state: StackState): boolean {
  return pieceNames.some((name) => {
    const known = state[name]?.process
    return known !== null && known !== undefined && isAlive(known)
  })
}

function node(script: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  return run({ file: process.execPath, args: [script, ...args], cwd: checkout, env })
}

async function isKeyGood(apiUrl: string, apiKey: string): Promise<boolean> {
  try {
    return (await apiClient(apiUrl, apiKey).get('/orgs/me')).status === 200
  } catch {
    return false
  }
}

async function provisionFrom(
  api: ApiClient,
  recording: OpenRecording,
  detail: (text: string) => void,
): Promise<void> {
  const { madeCount, foundCount } = await provision(api, recording.header, detail)
  detail(madeCount === 0 ? `${foundCount} were there` : `${madeCount} made`)
}

async function announcementsApplied(healthUrl: string): Promise<number> {
  const response = await fetch(`${healthUrl}/metrics`, { signal: AbortSignal.timeout(5_000) })
  return sumOf(await response.text(), 'scanhook_endpoint_announcements_applied_total{service="router"}')
}

/** An event that comes before its endpoint is known has no delivery: the demo would miss the first of the recording. */
async function untilRouterKnows(healthUrl: string, announcementCount: number): Promise<void> {
  const giveUpAtMs = performance.now() + 15_000
  while ((await announcementsApplied(healthUrl)) < announcementCount) {
    if (performance.now() > giveUpAtMs) throw new Error('the router has not heard of the endpoint after 15 s')
    await wait(25)
  }
}

async function endFeed(feed: ProcessIdentity | null): Promise<void> {
  if (isRunning(feed)) await stopProcess(feed, 'SIGTERM', 5_000)
}

interface FeedPlace {
  readonly folder: RunFolder
  readonly addresses: Readonly<Record<string, string>>
  readonly orgId: number
  readonly prefix: string
}

async function startFeed(order: UpOrder, place: FeedPlace): Promise<ProcessIdentity> {
  const feedOrder: FeedOrder = {
    replayFile: order.replayFile,
    speed: order.speed,
    offsetS: order.offsetS,
    orgId: place.orgId,
    brokers: (place.addresses['KAFKA_BROKERS'] ?? '').split(','),
    topicPrefix: place.prefix,
    statusFile: place.folder.fileOf('feed.json'),
  }
  // Else the end of the feed before would be taken for the end of this one.
  const before = readFeedStatus(feedOrder.statusFile)
  writeFeedStatus(feedOrder.statusFile, { ...before, sentCount: 0, isDone: false, problem: null })
  const args = ['tools/up/src/feed-main.ts', JSON.stringify(feedOrder)]
  return startDetached({ file: process.execPath, args, cwd: checkout }, place.folder.fileOf('feed.log'))
}

function speedText({ speed, replayFile }: UpOrder, { header }: OpenRecording): string {
  const rate = speed === 1 ? 'as recorded' : `${speed} times as fast as recorded`
  return replayFile === null ? header.description : rate
}

interface Addressed {
  readonly urls: Running['urls']
  readonly addresses: Readonly<Record<string, string>>
  readonly prefix: string
}

function envFileOf(state: RunState, { urls, addresses, prefix }: Addressed): Record<string, string> {
  return {
    API_URL: urls.api,
    CONSOLE_URL: `${urls.api}/console`,
    INSPECTOR_URL: urls.inspector,
    HEALTH_URL: urls.health,
    API_KEY: state.organization?.apiKey ?? '',
    ORG_ID: `${state.organization?.id ?? ''}`,
    ENDPOINT_ID: `${state.endpoint?.id ?? ''}`,
    ENDPOINT_SECRET: state.endpoint?.secret ?? '',
    TOPIC_PREFIX: prefix,
    ...addresses,
    SCANHOOK_PID: `${state.app?.pid ?? ''}`,
    FEED_PID: `${state.feed?.pid ?? ''}`,
  }
}

/** Long enough for a first start of everything on a busy machine; the first delivery itself takes some 100 ms. */
const firstDeliveryMaxMs = 60_000

/** Resolves when reads were sent and the inspector has verified one delivery more than before. Throws with what there is instead. */
export async function firstVerifiedDelivery(
  { inspector, verifiedBefore }: Running,
  folder: RunFolder,
): Promise<void> {
  const giveUpAtMs = performance.now() + firstDeliveryMaxMs
  for (;;) {
    const counts = await inspector.counts()
    const { problem, sentCount } = readFeedStatus(folder.fileOf('feed.json'))
    // Without a read of ours it is a delivery that an earlier run had left.
    if (counts.verified > verifiedBefore && sentCount > 0) return
    if (problem !== null)
      throw new Error(`the reads could not be fed: ${problem} (${folder.fileOf('feed.log')})`)
    if (performance.now() > giveUpAtMs) {
      throw new Error(
        `no verified delivery after ${firstDeliveryMaxMs / 1_000} s: ${sentCount} reads sent, ${counts.received} deliveries received, ` +
          `${counts.failed} with a wrong signature; see ${folder.fileOf('scanhook.log')}`,
      )
    }
    await wait(25)
  }
}
