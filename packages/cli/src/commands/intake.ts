/** `replay`, `simulate`: reads and business events in, over HTTP, as every upstream system sends them. */
import type { ScanhookClient } from '@scanhook/client/open-client'
import type { RecordedRead, RecordingHeader } from '@scanhook/replay/recording'
import { reached, refusalOf } from '../answer-of.ts'
import type { Command } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { type Door, postItems } from '../post-items.ts'
import { printable } from '../printable.ts'
import { readInput } from '../read-file.ts'
import { numberOf } from '../read-words.ts'
import { renderOne } from '../render-rows.ts'
import { batchMax, openBatches, type Sums } from '../send-batches.ts'
import type { Session } from '../session.ts'

export const replayCommand: Command = {
  path: ['replay'],
  summary: 'Send reads or business events from a file',
  details:
    'NDJSON: reads and events as POST /scans and POST /events take them (a line with type is an event), or a recording as packages/replay describes it, which is sent with its own timing. Lines with an id count once, however often they are sent. Ctrl-C ends it with 1; where it does not come to its end, it says how many of them were sent.',
  positionals: [{ name: 'FILE', description: 'the file; - is the standard input' }],
  options: [
    { name: 'speed', value: 'FACTOR', description: 'of a recording: so many times as fast, 1 by default' },
    { name: 'batch', value: 'COUNT', description: 'items of one request, 500 by default' },
  ],
  examples: ['scanhook replay reads.ndjson', 'scanhook replay walk.ndjson --speed 10'],
  run: async (input, session) => {
    const text = (await readInput(session, input.positionals[0] ?? '')).toString()
    const speed = numberOf('speed', input.text('speed'), { fallback: 1, min: 0.01, max: 10_000 })
    const size = numberOf('batch', input.text('batch'), { fallback: 500, min: 1, max: batchMax })
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const api = await session.api()
    const [first = ''] = lines
    if (isRecording(first)) return replayRecording(session, api, { lines, speed })
    const reads = batchesFor(session, api, '/api/v1/scans')
    const events = batchesFor(session, api, '/api/v1/events')
    const items = lines.map(parsedLine)
    const send = async (): Promise<void> => {
      for (let at = 0; at < items.length && !session.interrupted.aborted; at += size) {
        const some = items.slice(at, at + size)
        const [own, others] = [some.filter(isEvent), some.filter((each) => !isEvent(each))]
        if (others.length > 0) await reads.send(others)
        if (own.length > 0) await events.send(own)
      }
    }
    return sendAll(session, { send, sums: () => added(reads.sums, events.sums), total: items.length })
  },
}

function isRecording(line: string): boolean {
  return line.startsWith('{') && /"recording"\s*:/.test(line)
}

function parsedLine(line: string, index: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new CliError(exitCodes.failed, `line ${index + 1} is no JSON; nothing was sent`)
  }
}

function isEvent(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'type' in item && !('device' in item)
}

interface Recorded {
  readonly lines: readonly string[]
  readonly speed: number
}

async function replayRecording(
  session: Session,
  api: ScanhookClient,
  { lines, speed }: Recorded,
): Promise<number> {
  const { parseHeader, parseRecordedRead } = await import('@scanhook/replay/parse-recording')
  const header = parseHeader(lines[0] ?? '')
  if (!header.ok)
    throw new CliError(
      exitCodes.failed,
      `line 1: ${header.problems.map(({ message }) => message).join('; ')}`,
    )
  await provision(session, api, header.value)
  const reads = lines.slice(1).map((line, index) => {
    const read = parseRecordedRead(line)
    if (read.ok) return read.value
    throw new CliError(
      exitCodes.failed,
      `line ${index + 2}: ${read.problems.map(({ message }) => message).join('; ')}`,
    )
  })
  const batches = batchesFor(session, api, '/api/v1/scans')
  const timed = { reads, speed, endMs: Number.POSITIVE_INFINITY }
  return sendAll(session, {
    send: () => sendTimed(session, batches.send, timed),
    sums: () => batches.sums,
    total: reads.length,
  })
}

export const simulateCommand: Command = {
  path: ['simulate'],
  summary: 'Send reads of a warehouse that does not exist',
  details:
    'Makes what is missing of locations, readers and assets (keys WH-…, reader-…, PALLET-…), then sends reads of assets that go round, every two seconds, until Ctrl-C. The same numbers give the same walk.',
  positionals: [],
  options: [
    { name: 'readers', value: 'COUNT', description: 'one in each zone, 10 by default' },
    { name: 'tags', value: 'COUNT', description: 'assets that go round, 30 by default' },
    { name: 'rate', value: 'READS', description: 'reads a second, 60 by default' },
    { name: 'stay', value: 'SECONDS', description: 'how long an asset stays in a zone, 30 by default' },
    { name: 'seconds', value: 'SECONDS', description: 'end after so long' },
    { name: 'seed', value: 'NUMBER', description: 'another walk, 1 by default' },
  ],
  examples: ['scanhook simulate --readers 10 --tags 200', 'scanhook simulate --seconds 60 --rate 200'],
  run: async (input, session) => {
    const number = (name: string, fallback: number, min: number, max: number): number =>
      numberOf(name, input.text(name), { fallback, min, max })
    const { demoWarehouse, simulateWarehouse } = await import('@scanhook/replay/simulate-warehouse')
    const { header, reads } = simulateWarehouse({
      ...demoWarehouse,
      sites: 1,
      zonesPerSite: number('readers', 10, 2, 1_000),
      readersPerZone: 1,
      assets: number('tags', 30, 1, 5_000),
      readsPerSecond: number('rate', 60, 0.1, 400),
      stayMs: number('stay', 30, 1, 86_400) * 1_000,
      seed: number('seed', 1, 0, 2 ** 31),
    })
    const endMs = number('seconds', Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY) * 1_000
    const api = await session.api()
    await provision(session, api, header)
    const batches = batchesFor(session, api, '/api/v1/scans')
    return sendAll(session, {
      send: () => sendTimed(session, batches.send, { reads, speed: 1, endMs }),
      sums: () => batches.sums,
      total: null,
    })
  },
}

interface Timed {
  readonly reads: Iterable<RecordedRead>
  readonly speed: number
  /** Of the recording. */
  readonly endMs: number
}

/** Half of what a key may ask in a minute by default. */
const sendEveryMs = 2_000

async function sendTimed(
  session: Session,
  send: Batches['send'],
  { reads, speed, endMs }: Timed,
): Promise<void> {
  const startedMs = session.nowMs()
  let batch: unknown[] = []
  let dueMs = sendEveryMs
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await send(batch)
    batch = []
  }
  for (const read of reads) {
    const atMs = read.atMs / speed
    if (session.interrupted.aborted || atMs >= endMs) break
    while (atMs >= dueMs && !session.interrupted.aborted) {
      await session.pause(Math.max(0, startedMs + dueMs - session.nowMs()))
      await flush()
      dueMs += sendEveryMs
    }
    if (batch.length >= batchMax) await flush()
    batch.push(readOf(read, startedMs + atMs))
  }
  await flush()
}

function readOf({ device, antennaPort, tag, rssiDbm }: RecordedRead, atMs: number): unknown {
  return {
    device,
    antenna_port: antennaPort,
    tag,
    read_at: new Date(atMs).toISOString(),
    ...(rssiDbm === null ? {} : { rssi_dbm: rssiDbm }),
  }
}

type Batches = ReturnType<typeof openBatches>

function batchesFor(session: Session, api: ScanhookClient, door: Door): Batches {
  return openBatches({ ...session, post: (batch) => postItems(api, door, batch) })
}

const added = (a: Sums, b: Sums): Sums => ({
  sent: a.sent + b.sent,
  accepted: a.accepted + b.accepted,
  duplicates: a.duplicates + b.duplicates,
  dropped: a.dropped + b.dropped,
  rejected: a.rejected + b.rejected,
})

interface Sending {
  readonly send: () => Promise<void>
  readonly sums: () => Sums
  /** How many there are to be sent; null: as many as come until somebody ends it. */
  readonly total: number | null
}

/** What was sent is the answer, also where it breaks off: whoever goes on with the rest must know where. */
async function sendAll(session: Session, { send, sums, total }: Sending): Promise<number> {
  try {
    await send()
  } finally {
    render(session, sums())
    if (total !== null && sums().sent < total) session.say(`${sums().sent} of ${total} sent\n`)
  }
  const isWhole = total === null || sums().sent === total
  return isWhole && sums().rejected === 0 ? exitCodes.ok : exitCodes.failed
}

function render({ out, output }: Session, sums: Sums): void {
  out(
    renderOne(output, sums, {
      id: ({ accepted }) => accepted,
      columns: [
        { title: 'sent', of: ({ sent }) => sent },
        { title: 'accepted', of: ({ accepted }) => accepted },
        { title: 'duplicates', of: ({ duplicates }) => duplicates },
        { title: 'dropped', of: ({ dropped }) => dropped },
        { title: 'rejected', of: ({ rejected }) => rejected },
      ],
    }),
  )
}

/** As many lines as an import takes. */
const linesMax = 5_000

/** Locations, readers and assets of a recording, made where they are missing: importing them again changes nothing. */
async function provision(
  session: Session,
  api: ScanhookClient,
  { locations, scanDevices, assets }: RecordingHeader,
): Promise<void> {
  const steps = [
    [
      '/api/v1/locations/import',
      locations.map((each) => ({
        external_key: each.externalKey,
        name: each.name,
        parent_external_key: each.parentExternalKey,
      })),
    ],
    [
      '/api/v1/scan-devices/import',
      scanDevices.map((each) => ({ external_key: each.externalKey, name: each.name, type: each.type })),
    ],
    [
      '/api/v1/scan-points/import',
      scanDevices.flatMap((device) =>
        device.scanPoints.map((point) => ({
          scan_device_external_key: device.externalKey,
          antenna_port: point.antennaPort,
          location_external_key: point.locationExternalKey,
          kind: point.kind,
        })),
      ),
    ],
    [
      '/api/v1/assets/import',
      assets.map((each) => ({
        external_key: each.externalKey,
        name: each.name,
        tags: each.tags.map(({ tagType, value }) => ({ tag_type: tagType, value })),
      })),
    ],
  ] as const
  for (const [path, rows] of steps)
    for (let at = 0; at < rows.length; at += linesMax)
      await importLines(session, api, { path, rows: rows.slice(at, at + linesMax) })
}

interface Imported {
  readonly path:
    | '/api/v1/locations/import'
    | '/api/v1/scan-devices/import'
    | '/api/v1/scan-points/import'
    | '/api/v1/assets/import'
  readonly rows: readonly unknown[]
}

async function importLines({ say }: Session, api: ScanhookClient, { path, rows }: Imported): Promise<void> {
  const { data, error, response } = await reached(
    api.POST(path as '/api/v1/assets/import', {
      body: rows.map((row) => JSON.stringify(row)).join('\n') as never,
      bodySerializer: (text: unknown) => String(text),
      headers: { 'content-type': 'application/x-ndjson' },
      parseAs: 'text',
    }),
  )
  if (!response.ok) throw refusalOf(response.status, error)
  const lines = String(data).trim().split('\n')
  const failed = lines
    .map((line) => JSON.parse(line) as { status?: string; error?: { detail?: string } })
    .filter(({ status }) => status === 'failed')
  const what = path.split('/')[3]
  if (failed.length > 0)
    say(
      `${what}: ${failed.length} of ${rows.length} could not be made (${printable(failed[0]?.error?.detail ?? '')})\n`,
    )
}
