/**
 * The load generator: a process of its own, so that its CPU is not counted as ours. Reads a `LoadSpec` (a file, the
 * argument), writes JSON reads to the upstream topic with acks=all, and answers with a `LoadReport` when all of them are
 * acknowledged.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { benchTag, type LoadReport, type LoadSpec } from './load-spec.ts'
import { startWalkers } from './walk-load.ts'

const spec = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as LoadSpec
const producer = await openTestKafka({ KAFKA_BROKERS: spec.brokers }, 'bench-load').openProducer()

/** A gateway reports some times a second; finer slots would only cost wake-ups. */
const slotMs = 20
/** Appends that wait for their acknowledgement: enough to keep the broker busy, few enough that a stop is a stop. */
const openAppendsMax = 8
/** Records in one append: what one produce request carries well. */
const recordsPerAppend = 2_000

let sent = 0
let applied = 0
let openAppends = 0
let lastAtMs = 0
let failure: unknown = null
let wake: () => void = () => undefined

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const told = JSON.parse(line) as { readonly applied: number }
  if (told.applied === applied) return
  applied = told.applied
  wake()
})

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))
const isBlocked = (): boolean =>
  openAppends >= openAppendsMax || (spec.aheadMax !== null && sent - applied >= spec.aheadMax)

async function room(): Promise<void> {
  while (isBlocked()) {
    if (failure !== null) throw failure
    await woken()
  }
}

/** A pipeline that is through with nothing for so long has stopped, and a bench ends. */
const stalledMs = 60_000

async function woken(): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      wake = resolve
      timer = setTimeout(
        () => reject(new Error(`nothing was acknowledged or applied for ${stalledMs} ms`)),
        stalledMs,
      )
    })
  } finally {
    clearTimeout(timer)
  }
}

const isReal = spec.pace.kind === 'real'
const startsAtMs = spec.pace.kind === 'unbounded' ? spec.pace.startsAtMs : 0
const prefix = `{"org_id":${spec.orgId},"id":"${spec.run}-`

function recordOf(tag: string, device: string, rssiDbm: number, atMs: number): OutgoingRecord {
  const value = Buffer.from(
    `${prefix}${sent}","device":"${device}","antenna_port":1,"tag":{"type":"rfid","value":"${tag}"},"rssi_dbm":${rssiDbm}}`,
  )
  sent += 1
  if (isReal) return { topic: spec.topic, key: tag, value }
  lastAtMs = Math.floor(startsAtMs + atMs)
  return { topic: spec.topic, key: tag, value, headers: { 'scanhook-received-at': String(lastAtMs) } }
}

async function append(records: readonly OutgoingRecord[]): Promise<void> {
  await room()
  openAppends += 1
  producer
    .appendAll(records)
    .catch((error: unknown) => {
      failure = error
    })
    .finally(() => {
      openAppends -= 1
      wake()
    })
}

const beganAtMs = performance.now()
const beganCpu = process.cpuUsage()
let behindMaxMs = 0

if (spec.source.kind === 'walks') {
  const { load, assets, fromMs, seconds } = spec.source
  const walkersRead = startWalkers(load, { assets, fromMs })
  const tags = Array.from({ length: assets }, (_, asset) => benchTag('walker', asset))
  for (let untilMs = slotMs; performance.now() - beganAtMs < seconds * 1_000; untilMs += slotMs) {
    const lateMs = performance.now() - beganAtMs - untilMs
    if (isReal && lateMs < 0) await sleep(-lateMs)
    if (isReal) behindMaxMs = Math.max(behindMaxMs, lateMs)
    const reads = walkersRead(untilMs)
    for (let start = 0; start < reads.length; start += recordsPerAppend) {
      await room()
      await append(
        reads
          .slice(start, start + recordsPerAppend)
          .map(({ asset, atMs, step }) => recordOf(tags[asset] ?? '', step.device, step.rssiDbm, atMs)),
      )
    }
  }
} else {
  const { devices, assets } = spec.source
  for (let start = 0; start < assets; start += recordsPerAppend) {
    await room()
    await append(
      Array.from({ length: Math.min(recordsPerAppend, assets - start) }, (_, offset) =>
        // A thousand a second in their own time: a busy site's doors.
        recordOf(
          benchTag('portal', start + offset),
          devices[offset % devices.length] ?? '',
          -50,
          start + offset,
        ),
      ),
    )
  }
}
while (openAppends > 0) await woken()
if (failure !== null) throw failure
const cpu = process.cpuUsage(beganCpu)
const report: LoadReport = {
  sent,
  seconds: (performance.now() - beganAtMs) / 1_000,
  cpuMicros: cpu.user + cpu.system,
  behindMaxMs: Math.round(behindMaxMs),
  endsAtMs: isReal ? Date.now() : lastAtMs,
}
lines.close()
process.stdin.destroy()
await producer.close()
process.stdout.write(`${JSON.stringify(report)}\n`)
