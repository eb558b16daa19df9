/**
 * The tracker in a world made of arrays: it crashes between any two durable steps, loses what was in flight or gets
 * it written late by a process that should be dead, or goes on beside its successor for a while; and starts again from
 * what the log holds. It applies a small rule with timers, so that a failure is the tracker's and not the rule's, and
 * the rules of movement themselves.
 */
import type { AssetState, ScanFacts } from '@scanhook/domain/asset-state'
import type { AssetEventType, DomainEvent } from '@scanhook/domain/event'
import { assetId, eventId, locationId, orgId } from '@scanhook/domain/ids'
import { type Advanced, type AssetInput, advanceAsset, wakeOf } from '@scanhook/domain/movement/advance-asset'
import type { MovementSettings } from '@scanhook/domain/movement-settings'
import type { Fix, HeardDevice, Place, Scan, ScanRecord, Withdrawn } from '@scanhook/domain/scan'
import { assetEventId, transitionId, visitId } from '@scanhook/identity/derived-ids'
import type { Assignment, RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { parseAssetKey } from '@scanhook/schemas/keys'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { noAssetTraces } from './asset-traces.ts'
import type { Movement } from './movement.ts'
import { nothingRestored, restoreStates } from './restore-states.ts'
import { type ScanTracker, scanTracker, type TrackPorts } from './track-scans.ts'
import { type TrackedPartition, trackedPartition } from './tracked-partition.ts'

// Hundreds of lives a test take some seconds; this only ends a run that hangs.
vi.setConfig({ testTimeout: 120_000 })

// ── a small rule: the second read elsewhere, or 3 s without any, confirms a move; 10 s of silence is an exit, in a
//    zone only once its reader was heard after it ──

const confirmMs = 3_000
const absenceMs = 10_000

function derive(
  state: AssetState,
  type: AssetEventType,
  atMs: number,
): { state: AssetState; event: DomainEvent } {
  const sequence = state.sequence + 1
  const id = eventId(`${state.asset.id}/${type}/${sequence}`)
  const event: DomainEvent = {
    eventId: id,
    orgId: state.orgId,
    type,
    occurredAtMs: atMs,
    receivedAtMs: atMs,
    subject: `asset:${state.asset.id}`,
    assetId: state.asset.id,
    sequence,
    previousEventId: state.previousEventId,
    transitionId: null,
    dataJson: JSON.stringify({ at: state.path[0]?.id ?? null, reads: readsOf(state) }),
  }
  return { state: { ...state, sequence, previousEventId: id, sightings: sightingOf(0) }, event }
}

/** Reads since the last event, counted where the real rules count those of a location. */
function sightingOf(reads: number): AssetState['sightings'] {
  return [{ locationId: null, emittedAtMs: 0, reads, rssiMaxCdbm: null }]
}

function readsOf(state: AssetState): number {
  return state.sightings[0]?.reads ?? 0
}

function firstState(first: Scan, offset: number): AssetState {
  const { orgId: org, asset, place: here, receivedAtMs: lastSeenMs } = first
  return {
    orgId: org,
    asset,
    path: here.path,
    here,
    visits: [],
    isPresent: true,
    lastSeenMs,
    lastTransitionMs: null,
    heldUntilMs: null,
    candidate: null,
    slots: [],
    sightings: sightingOf(0),
    late: null,
    lastFix: null,
    lastScan: factsOf(first),
    sequence: 0,
    previousEventId: null,
    offset,
  }
}

function factsOf({ place: at, tag, readAtMs, receivedAtMs, rssiCdbm, reads }: Scan): ScanFacts {
  return { place: at, tag, readAtMs, receivedAtMs, rssiCdbm, reads }
}

function transition(state: AssetState, type: AssetEventType, atMs: number): Advanced {
  const derived = derive(state, type, atMs)
  return { state: derived.state, events: [derived.event], isUrgent: true }
}

/** The clock is part of what is derived, as it is of the real events: a timer at another record is another body. */
function confirm(state: AssetState, clockMs: number): Advanced {
  const here = state.candidate?.facts.place ?? state.here
  const moved = { ...state, here, path: here?.path ?? [], candidate: null, isPresent: true }
  return transition(moved, 'asset.moved', clockMs)
}

function leave(state: AssetState, clockMs: number): Advanced {
  return transition({ ...state, isPresent: false, candidate: null }, 'location.exited', clockMs)
}

const unchanged = (state: AssetState): Advanced => ({ state, events: [], isUrgent: false })

function advanceKnown(before: AssetState, { record, offset, clockMs }: AssetInput): Advanced {
  const next = { ...before, offset }
  if (record.kind === 'heard')
    return before.lastSeenMs + absenceMs <= record.device.lastHeardMs
      ? leave(next, clockMs)
      : unchanged(before)
  if (record.kind === 'withdrawal') return before.isPresent ? leave(next, clockMs) : unchanged(before)
  return before.candidate === null ? leave(next, clockMs) : confirm(next, clockMs)
}

function advanceByScan(before: AssetState | null, record: Scan, { offset, clockMs }: AssetInput): Advanced {
  const { receivedAtMs, place: at } = record
  if (before === null) return transition(firstState(record, offset), 'asset.scanned', clockMs)
  const reads = readsOf(before) + 1
  const lastSeenMs = Math.max(before.lastSeenMs, receivedAtMs)
  const state = { ...before, offset, sightings: sightingOf(reads), lastSeenMs, lastScan: factsOf(record) }
  if (at.path[0]?.id !== state.path[0]?.id || !state.isPresent) {
    if (state.candidate?.facts.place.path[0]?.id === at.path[0]?.id) return confirm(state, clockMs)
    const candidate = { sinceMs: receivedAtMs, facts: factsOf(record) }
    return { state: { ...state, candidate }, events: [], isUrgent: true }
  }
  if (reads < 4) return unchanged({ ...state, here: at })
  // An event without urgency: after a crash it is derived once more.
  return { ...transition({ ...state, here: at }, 'asset.scanned', clockMs), isUrgent: false }
}

const smallRule: Movement = {
  advance: (before, input) =>
    input.record.kind === 'scan'
      ? advanceByScan(before, input.record, input)
      : advanceKnown(before ?? expect.unreachable(), input),
  wakeOf({ candidate, isPresent, lastSeenMs, here }, clockMs) {
    if (candidate !== null) return { dueAtMs: candidate.sinceMs + confirmMs, awaits: null }
    const dueAtMs = lastSeenMs + absenceMs
    if (!isPresent || here === null) return { dueAtMs: null, awaits: null }
    return here.point.kind === 'zone' && dueAtMs <= clockMs
      ? { dueAtMs: null, awaits: here.device.id }
      : { dueAtMs, awaits: null }
  },
}

const realRules: Movement = {
  advance: (state, input) => advanceAsset(state, input, { assetEventId, transitionId, visitId }),
  wakeOf,
}

// ── what the world reads ──

/** Short, so that a script of some minutes has returns and exits by silence. */
const quick: Partial<MovementSettings> = { exitTimeoutMs: 10_000, scanSuppressMs: 6_000, manualHoldMs: 4_000 }
const site = location(1, 'Site')
const hall = location(2, 'Hall', site)
const places: readonly Place[] = [
  place({ path: [location(11, 'Bay 1', hall), hall, site], point: 21, settings: quick }),
  place({ path: [location(12, 'Bay 2', hall), hall, site], point: 22, device: 21, settings: quick }),
  place({ path: [location(13, 'Yard', site), site], point: 23, settings: quick }),
  place({
    path: [location(14, 'Door', hall), hall, site],
    point: 24,
    kind: 'portal',
    settings: { ...quick, exitTimeoutMs: null },
  }),
  place({ path: [location(15, 'Desk', site), site], point: 25, kind: 'manual', settings: quick }),
  place({
    path: [location(13, 'Yard', site), site],
    point: 26,
    kind: 'gps',
    settings: { ...quick, confirmMs: 5_000, firstConfirmMs: 2_000 },
  }),
  place({ path: [], point: 26, kind: 'gps', settings: { ...quick, confirmMs: 5_000 } }),
  place({ path: [], point: 27, settings: quick }),
]
const deviceIds = [...new Set(places.map(({ device }) => device.id))]

const hourMs = 3_600_000
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('scans', 'scans', 'scans', 'scans', 'tick', 'liveness', 'liveness', 'withdrawal'),
    asset: fc.integer({ min: 1, max: 4 }),
    place: fc.nat(places.length - 1),
    /** Scans one after the other, so that some of them lead to a move. */
    count: fc.integer({ min: 1, max: 5 }),
    laterMs: fc.oneof(
      { weight: 8, arbitrary: fc.nat(1_500) },
      { weight: 1, arbitrary: fc.integer({ min: 6_000, max: 14_000 }) },
    ),
    /** How long ago a scan was made, or a reader heard. */
    agoMs: fc.constantFrom(0, 0, 0, 0, 0, 0, 200, 900, 7_000, 40_000, 3 * hourMs),
    rssiCdbm: fc.oneof(fc.constant(null), fc.integer({ min: -9_000, max: -4_000 })),
  }),
  { minLength: 15, maxLength: 70 },
)
type Step = Parameters<Parameters<typeof steps.map>[0]>[0][number]

const startMs = 1_777_336_418_021

function scriptOf(list: readonly Step[]): ScanRecord[] {
  let nowMs = startMs
  return list.flatMap((step, index) => {
    nowMs += step.laterMs
    if (step.what !== 'scans') return [recordOf(step, nowMs)]
    const records = scansOf(step, nowMs, index)
    nowMs += (step.count - 1) * scanEveryMs
    return records
  })
}

const scanEveryMs = 700

function recordOf({ what, asset, place: index, agoMs }: Step, nowMs: number): ScanRecord {
  if (what === 'tick') return { kind: 'tick', atMs: nowMs }
  if (what === 'withdrawal')
    return { kind: 'withdrawal', orgId: orgId(7), atMs: nowMs - agoMs, withdrawn: withdrawnOf(asset, index) }
  // Now and then a reader is missing.
  const heard = deviceIds.filter((_, number) => number !== index)
  const devices = heard.map(
    (deviceId): HeardDevice => ({
      orgId: orgId(7),
      deviceId,
      lastHeardMs: nowMs - Math.min(agoMs, 900),
      // Most have been there all the time, one has come back lately.
      aliveSinceMs: deviceId === deviceIds[asset] ? nowMs - 8_000 : startMs - hourMs,
    }),
  )
  return { kind: 'liveness', atMs: nowMs, devices }
}

function withdrawnOf(asset: number, index: number): Withdrawn {
  if (index < 3) return { kind: 'location', locationId: locationId(11 + index) }
  return index < 6
    ? { kind: 'asset', assetId: assetId(asset) }
    : { kind: 'tag', assetId: assetId(asset), value: tagOf(asset).value }
}

const tagOf = (asset: number): Scan['tag'] => ({ tagType: 'rfid', value: `E280${asset}` })

/** Receive times jump about a little, as they do when several readers report through several front doors. */
function scansOf(
  { asset, place: index, count, agoMs, rssiCdbm }: Step,
  fromMs: number,
  step: number,
): Scan[] {
  const at = places[index]
  return Array.from({ length: count }, (_, number) => {
    const receivedAtMs = fromMs + number * scanEveryMs - ((step * 7_919 + number * 331) % 400)
    return scan({
      scanId: `scan-${step}-${number}`,
      asset,
      ...(at === undefined ? {} : { place: at, fix: at.point.kind === 'gps' ? fixIn(at) : null }),
      tag: tagOf(asset),
      receivedAtMs,
      atMs: receivedAtMs - agoMs,
      readAtMs: agoMs === 0 ? null : receivedAtMs - agoMs + 13,
      rssiCdbm,
      reads: 1 + (number % 2),
    })
  })
}

/** In the yard, or some hundred metres from it. */
function fixIn({ path }: Place): Fix {
  const latitude = path.length > 0 ? 48.1 : 48.102
  return { latitude, longitude: 11.5, accuracyM: 10, nearIds: path.map(({ id }) => id) }
}

// ── what becomes of the tracker ──

/** What happens at one durable step, or to one commit. */
function fatesWith(crashes: readonly Fate['crash'][]): fc.Arbitrary<Fate[]> {
  return fc.array(
    fc.record({
      crash: fc.constantFrom(...crashes),
      batchSize: fc.integer({ min: 1, max: 25 }),
      isCommitted: fc.boolean(),
      wallStepMs: fc.nat(6_000),
    }),
    { minLength: 5, maxLength: 60 },
  )
}

interface Fate {
  /**
   * `late`: written when somebody else is at work already. `unacknowledged`: written, and the process does not live to
   * hear it. `split`: the process stands still at this step, loses the partition, and goes on with its memory.
   */
  readonly crash: 'no' | 'lost' | 'late' | 'unacknowledged' | 'split'
  readonly batchSize: number
  readonly isCommitted: boolean
  readonly wallStepMs: number
}

const fates = fatesWith(['no', 'no', 'no', 'no', 'lost', 'late', 'unacknowledged'])
const splitFates = fatesWith(['no', 'no', 'no', 'no', 'no', 'split', 'split', 'late', 'unacknowledged'])

const peaceful: Fate = { crash: 'no', batchSize: 10, isCommitted: true, wallStepMs: 1_000 }

interface Commit {
  readonly offset: number
  readonly metadata: string
  /** What restoring would have found then: the largest content offset of each key. */
  readonly durable: ReadonlyMap<string, number>
}

function assignmentAt(commit: Commit | undefined): Assignment {
  return {
    topic: 't',
    partition: 0,
    committedOffset: commit?.offset ?? null,
    metadata: commit?.metadata ?? '',
  }
}

interface World {
  readonly events: Map<string, string>
  readonly assetState: KafkaRecord[]
  readonly commits: Commit[]
  crashes: number
  /** Durable steps that a process took after it had lost the partition. */
  zombieSteps: number
  /** States that one of them wrote and that contained more than any other of the asset until then. */
  zombieLeads: number
}

const decodeScan: TrackPorts['decodeScan'] = (bytes) => ({
  kind: 'good',
  value: JSON.parse(bytes?.toString() ?? '') as ScanRecord,
})
const decodeState = (bytes: Buffer): AssetState => JSON.parse(bytes.toString()) as AssetState

class Crash extends Error {}

const keyOf = (org: number, asset: number): string => `${org}:${asset}`
const kafkaRecordOf = (value: string, offset: number, key: string | null = null): KafkaRecord => ({
  topic: 't',
  partition: 0,
  offset,
  timestampMs: 0,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
  headers: {},
})

/** The same content is the same text, in whatever order its fields were put together. */
function render(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}

/** One process. It waits at `pause` for its turn; `goOn` lets it come to its next pause or its end. */
interface Process {
  position: number
  doneThrough: number
  isZombie: boolean
  /** Durable steps that it still takes as a zombie. */
  stepsLeft: number
  batchSize: number
  resume: () => void
  reached: PromiseWithResolvers<void>
}

function newProcess(position: number): Process {
  return {
    position,
    doneThrough: position - 1,
    isZombie: false,
    stepsLeft: 0,
    batchSize: 0,
    resume: () => undefined,
    reached: Promise.withResolvers<void>(),
  }
}

function pause(process: Process): Promise<void> {
  const turn = Promise.withResolvers<void>()
  process.resume = () => turn.resolve()
  process.reached.resolve()
  return turn.promise
}

async function goOn(process: Process): Promise<void> {
  process.reached = Promise.withResolvers<void>()
  process.resume()
  await process.reached.promise
}

async function live(script: readonly ScanRecord[], plan: readonly Fate[], rule: Movement): Promise<World> {
  const world: World = {
    events: new Map(),
    assetState: [],
    commits: [],
    crashes: 0,
    zombieSteps: 0,
    zombieLeads: 0,
  }
  const log = script.map((record, offset) => kafkaRecordOf(JSON.stringify(record), offset))
  let wallMs = 0
  let step = 0
  /** What a process that crashed had in flight, and a broker still takes in later. */
  const late: OutgoingRecord[][] = []
  const zombies: Process[] = []
  const failures: unknown[] = []
  const stateTexts = new Map<string, string>()
  // After its planned fates the world is peaceful, so every run ends.
  const nextFate = (): Fate => plan[step++] ?? peaceful
  const committed = (): Commit | undefined => world.commits.at(-1)

  function write(records: readonly OutgoingRecord[]): void {
    for (const { topic, key, value } of records) {
      const text = value?.toString() ?? ''
      if (topic === 'events') put(world.events, (JSON.parse(text) as DomainEvent).eventId, text)
      else writeState(String(key), text)
    }
  }

  /** Whoever writes it: a state of an asset at one offset is one state. */
  function writeState(key: string, text: string): void {
    const { offset } = JSON.parse(text) as AssetState
    put(stateTexts, `${key}@${offset}`, text)
    world.assetState.push(kafkaRecordOf(text, world.assetState.length, key))
  }

  function portsOf(process: Process): TrackPorts {
    return {
      movement: rule,
      traces: noAssetTraces,
      keyOf,
      assetOf: parseAssetKey,
      decodeScan,
      decodeState,
      encodeEvent: (event) => Buffer.from(render(event)),
      encodeState: (state) => Buffer.from(render(state)),
      poisonOf: () => expect.unreachable('nothing here is poison'),
      appendAll: (records) => (process.isZombie ? appendLate(process, records) : append(process, records)),
      readToEnd: async (_partitions, apply) => [...world.assetState].forEach(apply),
      nowMs: () => wallMs,
      topics: { events: 'events', assetState: 'asset-state' },
      seen: () => undefined,
      tracked: () => undefined,
    }
  }

  async function append(process: Process, records: readonly OutgoingRecord[]): Promise<void> {
    const { crash, batchSize } = nextFate()
    if (crash === 'split') {
      process.isZombie = true
      process.stepsLeft = 1 + (batchSize % 9)
      process.batchSize = batchSize
      zombies.push(process)
      await appendLate(process, records)
      return
    }
    if (crash === 'late') late.push([...records])
    if (crash === 'unacknowledged' || crash === 'no') write(records)
    if (crash !== 'no') throw new Crash(crash)
  }

  async function appendLate(process: Process, records: readonly OutgoingRecord[]): Promise<void> {
    await pause(process)
    if (process.stepsLeft-- === 0) throw new Crash('the zombie is dead')
    const before = newestOffsets(world.assetState)
    world.zombieSteps++
    write(records)
    for (const [key, offset] of newestOffsets(world.assetState))
      if (offset > (before.get(key) ?? -1)) world.zombieLeads++
  }

  async function run(process: Process, tracker: ScanTracker): Promise<void> {
    await tracker.assign([assignmentAt(committed())])
    for (let idle = 0; process.position < log.length || idle < 3; ) {
      const fate: Fate = process.isZombie ? { ...peaceful, batchSize: process.batchSize } : nextFate()
      wallMs += fate.wallStepMs
      const records = log.slice(process.position, process.position + fate.batchSize)
      if (records.length === 0) idle++
      else await tracker.handle(batchOf(process, records))
      process.position += records.length
      if (process.isZombie) continue
      if (fate.isCommitted) commit(tracker, process.doneThrough + 1)
      await letOthersLive(fate)
    }
  }

  function batchOf(process: Process, records: readonly KafkaRecord[]): RecordBatch {
    return {
      topic: 't',
      partition: 0,
      records,
      highWatermark: log.length,
      signal: new AbortController().signal,
      over: new AbortController().signal,
      done: () => undefined,
      doneThrough: (offset) => {
        process.doneThrough = Math.max(process.doneThrough, offset)
      },
      stillWaiting: () => undefined,
      pauseUntil: () => undefined,
    }
  }

  /** The broker takes a commit of the owner only: a zombie's is of a generation that is over. */
  function commit(tracker: ScanTracker, offset: number): void {
    if (offset <= (committed()?.offset ?? 0)) return
    const metadata = tracker.commitMetadata({ topic: 't', partition: 0 }, offset)
    if (metadata === null) throw new Error('the partition is owned')
    world.commits.push({ offset, metadata, durable: newestOffsets(world.assetState) })
  }

  async function letOthersLive(fate: Fate): Promise<void> {
    if (fate.wallStepMs % 3 === 0) write(late.shift() ?? [])
    if (fate.wallStepMs % 2 === 0) await letZombiesLive()
  }

  async function letZombiesLive(): Promise<void> {
    for (const zombie of zombies) await goOn(zombie)
  }

  async function start(process: Process): Promise<void> {
    try {
      await run(process, scanTracker(portsOf(process), { flushMs: 5_000, replayRecordsMax: 40 }))
    } catch (error) {
      if (error instanceof Crash) world.crashes++
      else failures.push(error)
      process.position = -1
    } finally {
      process.reached.resolve()
      const index = zombies.indexOf(process)
      if (index !== -1) zombies.splice(index, 1)
    }
  }

  for (;;) {
    const process = newProcess(committed()?.offset ?? 0)
    const ended = start(process)
    await Promise.race([ended, process.reached.promise])
    if (failures.length > 0) throw failures[0]
    if (process.isZombie || process.position === -1) continue
    while (zombies.length > 0) await letZombiesLive()
    if (failures.length > 0) throw failures[0]
    return world
  }
}

function put(known: Map<string, string>, id: string, text: string): void {
  const before = known.get(id)
  if (before !== undefined && before !== text) throw new Error(`two bodies for ${id}:\n${before}\n${text}`)
  known.set(id, text)
}

/** What restoring would find: the largest content offset of each key. */
function newestOffsets(log: readonly KafkaRecord[]): Map<string, number> {
  const newest = new Map<string, number>()
  for (const record of log) {
    const key = record.key?.toString() ?? ''
    const { offset } = JSON.parse(record.value?.toString() ?? '{}') as { offset: number }
    newest.set(key, Math.max(newest.get(key) ?? -1, offset))
  }
  return newest
}

const silent = { derived: () => undefined, urgent: () => undefined, seen: () => undefined }

function statesIn({ assets }: TrackedPartition): Map<number, string> {
  const states = new Map<number, string>()
  assets.forEach((_, each) => void states.set(each.asset.id, render(each)))
  return new Map([...states].sort(([one], [other]) => one - other))
}

/** One run of the same records without durability, remembering who changed where and how late it was. */
function reference(script: readonly ScanRecord[], rule: Movement) {
  const { assets } = nothingRestored()
  const partition = trackedPartition(rule, { clockMs: 0, nextOffset: 0, assets })
  const changes = new Map<string, number[]>()
  const clockBefore: number[] = [0]
  script.forEach((record, offset) => {
    partition.apply(record, { offset, nowMs: 0 }, silent)
    partition.assets.forEach((_, state) => {
      const key = keyOf(state.orgId, state.asset.id)
      const known = changes.get(key) ?? []
      if (known.at(-1) !== state.offset) changes.set(key, [...known, state.offset])
    })
    clockBefore.push(partition.clock.nowMs())
  })
  return { changes, clockBefore, states: statesIn(partition) }
}

/** What the next owner would know after it has read what is left: from the log's states and the last commit. */
async function statesOfNextOwner(world: World, script: readonly ScanRecord[], rule: Movement) {
  const readToEnd = async (_partitions: readonly number[], apply: (record: KafkaRecord) => void) =>
    world.assetState.forEach(apply)
  const restored = await restoreStates({ readToEnd, decodeState, assetOf: parseAssetKey }, [0])
  const { assets } = restored.get(0) ?? nothingRestored()
  const commit = world.commits.at(-1)
  const nextOffset = commit?.offset ?? 0
  const clockMs = Number(commit?.metadata.slice('clock='.length) ?? 0)
  const partition = trackedPartition(rule, { clockMs, nextOffset, assets })
  for (let offset = nextOffset; offset < script.length; offset++) {
    const record = script[offset]
    if (record !== undefined) partition.apply(record, { offset, nowMs: 0 }, silent)
  }
  return statesIn(partition)
}

// ── the claims ──

const sorted = ({ events }: World): Map<string, string> => new Map([...events].sort())

function eventsOf({ events }: World): DomainEvent[] {
  return [...events.values()].map((text) => JSON.parse(text) as DomainEvent)
}

/** M3 over everything that was ever written. */
function expectGapless(world: World): void {
  const sequences = new Map<number, number[]>()
  for (const { assetId: asset, sequence } of eventsOf(world))
    sequences.set(asset ?? 0, [...(sequences.get(asset ?? 0) ?? []), sequence ?? 0])
  for (const list of sequences.values())
    expect(list.toSorted((one, other) => one - other)).toEqual(list.map((_, index) => index + 1))
}

test('S1: the same events with the same bodies, wherever it crashes and whatever arrives late', async () => {
  let crashes = 0
  let compared = 0
  await fc.assert(
    fc.asyncProperty(steps, fates, async (list, plan) => {
      const script = scriptOf(list)
      const calm = await live(script, [], smallRule)
      const stormy = await live(script, plan, smallRule)
      crashes += stormy.crashes
      compared += calm.events.size
      expect(calm.crashes).toBe(0)
      expect(sorted(stormy)).toEqual(sorted(calm))
    }),
    { numRuns: 200 },
  )
  // A simulation in which nothing happens would prove nothing.
  expect(crashes).toBeGreaterThan(200)
  expect(compared).toBeGreaterThan(2_000)
})

/** What the real rules derived over all scripts, by type and reason. */
function counter() {
  const counts = new Map<string, number>()
  return {
    add(world: World): void {
      for (const { type, dataJson } of eventsOf(world)) {
        const { reason, late } = JSON.parse(dataJson) as { reason: string | null; late?: boolean }
        const name = late === true ? `${type} late` : `${type} ${reason}`
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
    },
    of: (name: string): number => counts.get(name) ?? 0,
  }
}

test('S1: the rules of movement themselves keep the promise', async () => {
  const counts = counter()
  let crashes = 0
  await fc.assert(
    fc.asyncProperty(steps, fates, async (list, plan) => {
      const script = scriptOf(list)
      const calm = await live(script, [], realRules)
      const stormy = await live(script, plan, realRules)
      crashes += stormy.crashes
      counts.add(calm)
      expectGapless(calm)
      expect(sorted(stormy)).toEqual(sorted(calm))
      const { states } = reference(script, realRules)
      expect(await statesOfNextOwner(stormy, script, realRules)).toEqual(states)
    }),
    { numRuns: 250 },
  )
  expect(crashes).toBeGreaterThan(250)
  expect(counts.of('location.exited absence')).toBeGreaterThan(50)
  expect(counts.of('location.entered returned')).toBeGreaterThan(20)
  expect(counts.of('asset.moved seen_elsewhere')).toBeGreaterThan(50)
  expect(counts.of('asset.moved portal')).toBeGreaterThan(50)
  expect(counts.of('asset.moved manual')).toBeGreaterThan(50)
  expect(counts.of('location.exited reassigned')).toBeGreaterThan(50)
  expect(counts.of('asset.scanned late')).toBeGreaterThan(50)
})

test('S1: a crash at every single durable step in turn changes nothing', async () => {
  const whats = ['scans', 'scans', 'liveness', 'scans', 'tick', 'scans', 'scans', 'liveness'] as const
  const script = scriptOf(
    Array.from({ length: 48 }, (_, index) => ({
      what: whats[index % whats.length] ?? 'tick',
      asset: 1 + (index % 4),
      place: (index >> 3) % 5,
      count: 1 + (index % 2),
      laterMs: index % 16 === 15 ? 12_000 : (index * 531) % 1_600,
      agoMs: 0,
      rssiCdbm: -6_000 + ((index * 97) % 1_000),
    })),
  )
  for (const rule of [smallRule, realRules]) {
    const calm = await live(script, [], rule)
    for (const crash of ['lost', 'unacknowledged', 'late', 'split'] as const) {
      for (let at = 0; at < 50; at++) {
        const plan = Array.from(
          { length: at + 1 },
          (_, index): Fate => ({ ...peaceful, batchSize: 6, crash: index === at ? crash : 'no' }),
        )
        expect(sorted(await live(script, plan, rule))).toEqual(sorted(calm))
      }
    }
  }
})

test('S2: no commit passes a record that only memory contained, and each carries the clock right before it', async () => {
  let commitCount = 0
  await fc.assert(
    fc.asyncProperty(steps, fc.oneof(fates, splitFates), async (list, plan) => {
      const script = scriptOf(list)
      const { changes, clockBefore } = reference(script, realRules)
      const { commits } = await live(script, plan, realRules)
      commitCount += commits.length
      for (const { offset, metadata, durable } of commits) {
        expect(metadata).toBe(`clock=${clockBefore[offset]}`)
        for (const [key, offsets] of changes) {
          const mustContain = offsets.filter((change) => change < offset).at(-1) ?? -1
          expect(durable.get(key) ?? -1).toBeGreaterThanOrEqual(mustContain)
        }
      }
    }),
    { numRuns: 150 },
  )
  expect(commitCount).toBeGreaterThan(300)
})

const quietPorts: TrackPorts = {
  movement: smallRule,
  traces: noAssetTraces,
  keyOf,
  assetOf: parseAssetKey,
  decodeScan,
  decodeState,
  encodeEvent: () => Buffer.alloc(0),
  encodeState: (state) => Buffer.from(JSON.stringify(state)),
  poisonOf: () => ({ topic: 'poison', key: null, value: null }),
  appendAll: async () => undefined,
  readToEnd: async () => undefined,
  nowMs: () => 0,
  topics: { events: 'events', assetState: 'asset-state' },
  seen: () => undefined,
  tracked: () => undefined,
}

test('S3: a state written late by a former owner does not bring an asset back to where it was', async () => {
  const script = scriptOf(
    Array.from({ length: 10 }, (_, index) => ({
      what: 'scans' as const,
      asset: 1,
      place: index % 3,
      count: 3,
      laterMs: 700,
      agoMs: 0,
      rssiCdbm: null,
    })),
  )
  const world = await live(script, [], smallRule)
  const newest = newestOffsets(world.assetState)
  const zombie = world.assetState[0]
  if (zombie === undefined) throw new Error('no state was written')
  world.assetState.push(zombie)
  const rewritten: OutgoingRecord[] = []
  const tracker = scanTracker(
    {
      ...quietPorts,
      appendAll: async (records) => void rewritten.push(...records),
      readToEnd: async (_partitions, apply) => world.assetState.forEach(apply),
    },
    { flushMs: 5_000, replayRecordsMax: 40 },
  )
  await tracker.assign([assignmentAt(world.commits.at(-1))])
  // The right state was written again behind the wrong one, so that compaction can't lose it.
  expect(rewritten).toHaveLength(1)
  expect(JSON.parse(rewritten[0]?.value?.toString() ?? '{}')).toMatchObject({ offset: newest.get('7:1') })
  expect(rewritten[0]).toMatchObject({ key: '7:1', partition: 0, topic: 'asset-state' })
})

test.each([
  ['a small rule', smallRule],
  ['the rules of movement', realRules],
])('S1, S3: two live trackers write one body per event and one state per offset, by %s', async (_, rule) => {
  let zombieSteps = 0
  let zombieLeads = 0
  await fc.assert(
    fc.asyncProperty(steps, splitFates, async (list, plan) => {
      const script = scriptOf(list)
      const calm = await live(script, [], rule)
      const stormy = await live(script, plan, rule)
      zombieSteps += stormy.zombieSteps
      zombieLeads += stormy.zombieLeads
      expect(sorted(stormy)).toEqual(sorted(calm))
      expect(await statesOfNextOwner(stormy, script, rule)).toEqual(reference(script, rule).states)
    }),
    { numRuns: 150 },
  )
  expect(zombieSteps).toBeGreaterThan(300)
  // Some were ahead of their successor: what they wrote was what a restart found, and it must have been right.
  expect(zombieLeads).toBeGreaterThan(50)
})

test('S4: a partition that was revoked while it was being restored is not owned', async () => {
  const restoring = Promise.withResolvers<void>()
  const ports = { ...quietPorts, readToEnd: () => restoring.promise }
  const tracker = scanTracker(ports, { flushMs: 5_000, replayRecordsMax: 40 })
  const assignment = { topic: 't', partition: 0, committedOffset: null, metadata: '' }
  const assigning = tracker.assign([assignment])
  tracker.revoke([assignment])
  restoring.resolve()
  await assigning
  expect(tracker.status()).toEqual([])
  await tracker.assign([assignment])
  expect(tracker.status()).toHaveLength(1)
})
