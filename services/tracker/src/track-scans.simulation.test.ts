/**
 * The tracker in a world made of arrays: it crashes between any two durable steps, loses what was in flight or gets
 * it written late by a process that should be dead, and starts again from what the log holds. The rule it applies is
 * a small one with timers, so that a failure here is the tracker's and not the rule's.
 */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { AssetEventType, DomainEvent } from '@scanhook/domain/event'
import { assetId, eventId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { advanceAsset, dueAtMs } from '@scanhook/domain/movement/advance-asset'
import { defaultMovementSettings } from '@scanhook/domain/movement/settings'
import type { Scan, ScanRecord } from '@scanhook/domain/scan'
import { assetEventId, transitionId, visitId } from '@scanhook/identity/derived-ids'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Movement } from './movement.ts'
import { type ScanTracker, scanTracker, type TrackPorts } from './track-scans.ts'
import { trackedPartition } from './tracked-partition.ts'

// ── a rule: the second read elsewhere, or 3 s without any, confirms a move; 10 s of silence is an exit ──

const confirmMs = 3_000
const absenceMs = 10_000

function placeOf(id: number): AssetState['path'] {
  const externalKey = `L-${id}`
  return [{ id: locationId(id), externalKey, name: externalKey, parentId: null, parentExternalKey: null }]
}

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

function firstState(scan: Scan, offset: number): AssetState {
  return {
    orgId: scan.orgId,
    asset: scan.asset,
    path: scan.path,
    isPresent: true,
    visits: [],
    lastSeenMs: scan.receivedAtMs,
    lastTransitionMs: null,
    candidate: null,
    sightings: sightingOf(0),
    sequence: 0,
    previousEventId: null,
    lastScanJson: '',
    offset,
  }
}

function confirm(state: AssetState, atMs: number): ReturnType<Movement['advance']> {
  const moved = { ...state, path: state.candidate?.path ?? state.path, candidate: null, isPresent: true }
  const derived = derive(moved, 'asset.moved', atMs)
  return { state: derived.state, events: [derived.event], isUrgent: true }
}

const movement: Movement = {
  dueAtMs: (state) =>
    state.candidate !== null
      ? state.candidate.sinceMs + confirmMs
      : state.isPresent
        ? state.lastSeenMs + absenceMs
        : null,
  advance(before, record, offset) {
    if (record.kind === 'tick') {
      if (before === null) throw new Error('a tick for an asset that nobody knows')
      if (before.candidate !== null) return confirm({ ...before, offset }, record.atMs)
      const left = derive({ ...before, offset, isPresent: false }, 'location.exited', before.lastSeenMs)
      return { state: left.state, events: [left.event], isUrgent: true }
    }
    const { receivedAtMs, path } = record
    if (before === null) {
      const seen = derive(firstState(record, offset), 'asset.scanned', receivedAtMs)
      return { state: seen.state, events: [seen.event], isUrgent: true }
    }
    const reads = readsOf(before) + 1
    const state = {
      ...before,
      offset,
      sightings: sightingOf(reads),
      lastSeenMs: Math.max(before.lastSeenMs, receivedAtMs),
    }
    if (path[0]?.id !== state.path[0]?.id || !state.isPresent) {
      if (state.candidate?.path[0]?.id === path[0]?.id && state.candidate !== null)
        return confirm(state, receivedAtMs)
      const candidate = { path, sinceMs: receivedAtMs, lastSeenMs: receivedAtMs, reads: 1, rssiMaxCdbm: null }
      return { state: { ...state, candidate }, events: [], isUrgent: true }
    }
    if (reads < 4) return { state, events: [], isUrgent: false }
    // An event without urgency: after a crash it is derived once more.
    const again = derive(state, 'asset.scanned', receivedAtMs)
    return { state: again.state, events: [again.event], isUrgent: false }
  },
}

// ── a world ──

interface Step {
  readonly asset: number
  readonly place: number
  readonly laterMs: number
}

/** Receive times jump about a little, as they do when several readers report through several front doors. */
function scriptOf(steps: readonly Step[]): ScanRecord[] {
  let nowMs = 100_000
  return steps.map(({ asset, place, laterMs }, index): ScanRecord => {
    nowMs += laterMs
    if (asset === 0) return { kind: 'tick', atMs: nowMs }
    return {
      kind: 'scan',
      orgId: orgId(1),
      scanId: `scan-${index}`,
      asset: { id: assetId(asset), externalKey: `A-${asset}`, name: `Asset ${asset}` },
      path: placeOf(place),
      tag: { tagType: 'rfid', value: `E280${asset}` },
      device: { id: scanDeviceId(7), externalKey: 'D', name: 'D', type: 'csl_cs463' },
      point: { id: scanPointId(8), antennaPort: 1, kind: 'zone' },
      readAtMs: null,
      receivedAtMs: nowMs - ((index * 7919) % 6_000),
      rssiCdbm: -6000,
      reads: 1,
    }
  })
}

const scripts = fc.array(
  fc.record({ asset: fc.nat(4), place: fc.integer({ min: 1, max: 3 }), laterMs: fc.nat(2_500) }),
  { minLength: 20, maxLength: 150 },
)

/** What happens at one durable step, or to one commit. */
const fates = fc.array(
  fc.record({
    crash: fc.constantFrom('no', 'no', 'no', 'no', 'lost', 'late', 'unacknowledged'),
    batchSize: fc.integer({ min: 1, max: 25 }),
    isCommitted: fc.boolean(),
    wallStepMs: fc.nat(6_000),
  }),
  { minLength: 5, maxLength: 60 },
)
type Fate = Parameters<Parameters<typeof fates.map>[0]>[0][number]

const peaceful: Fate = { crash: 'no', batchSize: 10, isCommitted: true, wallStepMs: 1_000 }

interface World {
  readonly events: Map<string, string>
  readonly assetState: KafkaRecord[]
  readonly commits: {
    readonly offset: number
    readonly metadata: string
    readonly durable: Map<string, number>
  }[]
  crashes: number
}

const decode: TrackPorts['decodeScan'] = (bytes) => ({
  kind: 'good',
  value: JSON.parse(bytes?.toString() ?? '') as ScanRecord,
})

class Crash extends Error {}

const assetKey = (scan: Scan): string => `${scan.orgId}:${scan.asset.id}`
const recordOf = (value: unknown, offset: number, key: string | null = null): KafkaRecord => ({
  topic: 't',
  partition: 0,
  offset,
  timestampMs: 0,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(JSON.stringify(value)),
  headers: {},
})

async function live(
  script: readonly ScanRecord[],
  plan: readonly Fate[],
  rule: Movement = movement,
): Promise<World> {
  const world: World = { events: new Map(), assetState: [], commits: [], crashes: 0 }
  let wallMs = 0
  let step = 0
  let committed: { offset: number; metadata: string } | null = null
  /** What a process that crashed had in flight, and a broker still takes in later. */
  const late: OutgoingRecord[][] = []
  // After its planned fates the world is peaceful, so every run ends.
  const nextFate = (): Fate => plan[step++] ?? peaceful

  function write(records: readonly OutgoingRecord[]): void {
    for (const record of records) {
      const text = record.value?.toString() ?? ''
      if (record.topic === 'events') {
        const { eventId: id } = JSON.parse(text) as { eventId: string }
        const known = world.events.get(id)
        if (known !== undefined && known !== text) throw new Error(`two bodies for ${id}: ${known} ${text}`)
        world.events.set(id, text)
      } else world.assetState.push(recordOf(JSON.parse(text), world.assetState.length, String(record.key)))
    }
  }

  const ports: TrackPorts = {
    movement: rule,
    keyOf: assetKey,
    decodeScan: decode,
    decodeState: (bytes) => JSON.parse(bytes.toString()) as AssetState,
    encodeEvent: (event) => Buffer.from(JSON.stringify(event)),
    encodeState: (state) => Buffer.from(JSON.stringify(state)),
    poisonOf: () => {
      throw new Error('nothing here is poison')
    },
    async appendAll(records) {
      const { crash } = nextFate()
      if (crash === 'late') late.push([...records])
      if (crash === 'unacknowledged' || crash === 'no') write(records)
      if (crash !== 'no') throw new Crash(crash)
    },
    readToEnd: async (_partitions, apply) => world.assetState.forEach(apply),
    nowMs: () => wallMs,
    topics: { events: 'events', assetState: 'asset-state' },
    tracked: () => undefined,
  }

  async function run(tracker: ScanTracker): Promise<void> {
    let position: number = committed?.offset ?? 0
    let doneThrough = position - 1
    await tracker.assign([
      {
        topic: 't',
        partition: 0,
        committedOffset: committed?.offset ?? null,
        metadata: committed?.metadata ?? '',
      },
    ])
    for (let idle = 0; position < script.length || idle < 3; ) {
      const fate = nextFate()
      wallMs += fate.wallStepMs
      const records = script
        .slice(position, position + fate.batchSize)
        .map((value, index) => recordOf(value, position + index))
      if (records.length === 0) idle++
      else {
        await tracker.handle({
          topic: 't',
          partition: 0,
          records,
          highWatermark: script.length,
          signal: new AbortController().signal,
          done: () => undefined,
          doneThrough: (offset) => {
            doneThrough = Math.max(doneThrough, offset)
          },
          stillWaiting: () => undefined,
          pauseUntil: () => undefined,
        })
        position += records.length
      }
      if (fate.isCommitted) commit(tracker, doneThrough + 1)
      takeLate(fate)
    }
  }

  function commit(tracker: ScanTracker, offset: number): void {
    if (offset <= (committed?.offset ?? 0)) return
    const metadata = tracker.commitMetadata({ topic: 't', partition: 0 }, offset)
    if (metadata === null) throw new Error('the partition is owned')
    committed = { offset, metadata }
    world.commits.push({ ...committed, durable: newestOffsets(world.assetState) })
  }

  function takeLate(fate: Fate): void {
    const zombie = fate.wallStepMs % 3 === 0 ? late.shift() : undefined
    if (zombie !== undefined) write(zombie)
  }

  for (;;) {
    try {
      await run(scanTracker(ports, { flushMs: 5_000, replayRecordsMax: 40 }))
      return world
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      world.crashes++
    }
  }
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

/** One run of the same records without durability, remembering who changed where and how late it was. */
function reference(script: readonly ScanRecord[]): { changes: Map<string, number[]>; clockBefore: number[] } {
  const partition = trackedPartition(
    { movement, keyOf: assetKey },
    { clockMs: 0, nextOffset: 0, states: new Map() },
  )
  const changes = new Map<string, number[]>()
  const clockBefore: number[] = [0]
  script.forEach((record, offset) => {
    partition.apply(record, { offset, nowMs: 0 }, { derived: () => undefined, urgent: () => undefined })
    partition.assets.forEach((key, state) => {
      const known = changes.get(key) ?? []
      if (known.at(-1) !== state.offset) changes.set(key, [...known, state.offset])
    })
    clockBefore.push(partition.clock.nowMs())
  })
  return { changes, clockBefore }
}

test('S1: the same events with the same bodies, wherever it crashes and whatever arrives late', async () => {
  let crashes = 0
  let compared = 0
  await fc.assert(
    fc.asyncProperty(scripts, fates, async (steps, plan) => {
      const script = scriptOf(steps)
      const calm = await live(script, [])
      const stormy = await live(script, plan)
      crashes += stormy.crashes
      compared += calm.events.size
      expect(calm.crashes).toBe(0)
      expect(new Map([...stormy.events].sort())).toEqual(new Map([...calm.events].sort()))
    }),
    { numRuns: 400 },
  )
  // A simulation in which nothing happens would prove nothing.
  expect(crashes).toBeGreaterThan(200)
  expect(compared).toBeGreaterThan(2_000)
})

test('S1: the rules of movement themselves keep the promise', async () => {
  const identify = { assetEventId, transitionId, visitId }
  const rule: Movement = {
    advance: (state, record, offset) =>
      advanceAsset(state, { record, offset }, defaultMovementSettings, identify),
    dueAtMs: (state) => dueAtMs(state, defaultMovementSettings),
  }
  let moves = 0
  await fc.assert(
    fc.asyncProperty(scripts, fates, async (steps, plan) => {
      const script = scriptOf(steps)
      const calm = await live(script, [], rule)
      const stormy = await live(script, plan, rule)
      moves += [...calm.events.values()].filter((text) => text.includes('"asset.moved"')).length
      expect(new Map([...stormy.events].sort())).toEqual(new Map([...calm.events].sort()))
    }),
    { numRuns: 300 },
  )
  expect(moves).toBeGreaterThan(300)
})

test('S1: a crash at every single durable step in turn changes nothing', async () => {
  const script = scriptOf(
    Array.from({ length: 60 }, (_, index) => ({
      asset: index % 5,
      place: 1 + ((index >> 3) % 3),
      laterMs: (index * 531) % 2_600,
    })),
  )
  const calm = await live(script, [])
  for (const crash of ['lost', 'unacknowledged', 'late'] as const) {
    for (let at = 0; at < 60; at++) {
      const plan = Array.from(
        { length: at + 1 },
        (_, index): Fate => ({ ...peaceful, batchSize: 6, crash: index === at ? crash : 'no' }),
      )
      const stormy = await live(script, plan)
      expect(new Map([...stormy.events].sort())).toEqual(new Map([...calm.events].sort()))
    }
  }
})

test('S2: no commit passes a record that only memory contained, and each carries the clock right before it', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, fates, async (steps, plan) => {
      const script = scriptOf(steps)
      const { changes, clockBefore } = reference(script)
      const { commits } = await live(script, plan)
      for (const { offset, metadata, durable } of commits) {
        expect(metadata).toBe(`clock=${clockBefore[offset]}`)
        for (const [key, offsets] of changes) {
          const mustContain = offsets.filter((change) => change < offset).at(-1) ?? -1
          expect(durable.get(key) ?? -1).toBeGreaterThanOrEqual(mustContain)
        }
      }
    }),
    { numRuns: 300 },
  )
})

const quietPorts: TrackPorts = {
  movement,
  keyOf: assetKey,
  decodeScan: decode,
  decodeState: (bytes) => JSON.parse(bytes.toString()) as AssetState,
  encodeEvent: () => Buffer.alloc(0),
  encodeState: (state) => Buffer.from(JSON.stringify(state)),
  poisonOf: () => ({ topic: 'poison', key: null, value: null }),
  appendAll: async () => undefined,
  readToEnd: async () => undefined,
  nowMs: () => 0,
  topics: { events: 'events', assetState: 'asset-state' },
  tracked: () => undefined,
}

test('S3: a state written late by a former owner does not bring an asset back to where it was', async () => {
  const script = scriptOf(
    Array.from({ length: 30 }, (_, index) => ({ asset: 1, place: 1 + ((index >> 2) % 3), laterMs: 700 })),
  )
  const world = await live(script, [])
  const newest = newestOffsets(world.assetState)
  const zombie = world.assetState[0]
  if (zombie === undefined) throw new Error('no state was written')
  world.assetState.push(zombie)
  const rewritten: OutgoingRecord[] = []
  const commit = world.commits.at(-1)
  const tracker = scanTracker(
    {
      ...quietPorts,
      appendAll: async (records) => void rewritten.push(...records),
      readToEnd: async (_partitions, apply) => world.assetState.forEach(apply),
    },
    { flushMs: 5_000, replayRecordsMax: 40 },
  )
  await tracker.assign([
    { topic: 't', partition: 0, committedOffset: commit?.offset ?? 0, metadata: commit?.metadata ?? '' },
  ])
  // The right state was written again behind the wrong one, so that compaction can't lose it.
  expect(rewritten).toHaveLength(1)
  expect(JSON.parse(rewritten[0]?.value?.toString() ?? '{}')).toMatchObject({ offset: newest.get('1:1') })
  expect(rewritten[0]).toMatchObject({ key: '1:1', partition: 0, topic: 'asset-state' })
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
