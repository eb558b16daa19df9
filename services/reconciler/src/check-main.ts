/**
 * `check-main.ts [--minutes N] [--margin-ms N] [--overdue-ms N] [--patience-ms N] [--repair] [--json]`: one look at the log.
 * Waits until what is under way has come through, then holds the events of the last N minutes (60) against the log, and
 * with `--repair` puts back what is lost.
 * Exits with 0 when nothing is missing or overdue, 1 when something is, 2 when it could not look.
 */

import { parseArgs } from 'node:util'
import { type Config, parseEnv } from '@scanhook/config/settings'
import { openKafka } from '@scanhook/kafka/open'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { noTracing } from '@scanhook/observability/tracing'
import { attempts } from '@scanhook/postgres/attempts'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { events } from '@scanhook/postgres/events'
import { openPostgres } from '@scanhook/postgres/open'
import { reconciliations } from '@scanhook/postgres/reconciliations'
import { systemClock } from '@scanhook/runtime/clock'
import { lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames } from '@scanhook/schemas/topics'
import { reconcilerSettings } from './config.ts'
import { type Checked, checkLog } from './reconcile/check.ts'
import { type Findings, roundPorts } from './reconcile/ports.ts'
import { sender } from './send.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    'margin-ms': { type: 'string', default: '60000' },
    'overdue-ms': { type: 'string', default: '900000' },
    'patience-ms': { type: 'string', default: '120000' },
    repair: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

/** Exits with 2 where it is not a number from 0 on. */
function numberOf(name: 'minutes' | 'margin-ms' | 'overdue-ms' | 'patience-ms'): number {
  const number = Number(values[name])
  if (Number.isFinite(number) && number >= 0) return number
  process.stderr.write(`--${name} must be a number from 0 on, not ${values[name]}\n`)
  process.exit(2)
}

const terms = {
  minutes: numberOf('minutes'),
  marginMs: numberOf('margin-ms'),
  overdueMs: numberOf('overdue-ms'),
}
const patienceMs = numberOf('patience-ms')
const parsed = parseEnv(reconcilerSettings, process.env)
if (!parsed.ok) {
  for (const { message } of parsed.problems) process.stderr.write(`${message}\n`)
  process.exit(2)
}
try {
  const checked = await look(parsed.config)
  process.stdout.write(values.json ? `${JSON.stringify(checked)}\n` : `${inWords(checked)}\n`)
  if (checked.kind !== 'checked') process.exitCode = 2
  else process.exitCode = checked.missing + checked.overdue > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}

async function look(config: Config<typeof reconcilerSettings>): Promise<Checked> {
  // Only what is found, and on stderr: stdout is the answer.
  const log = openLog({ name: 'check', level: 'warn', write: (line) => process.stderr.write(line) })
  const metrics = openMetrics()
  const clock = systemClock
  const pg = openPostgres({ url: config.POSTGRES_URL, log, max: 2 })
  const kafka = openKafka(config, { log, metrics })
  const topics = topicNames(config.TOPIC_PREFIX)
  const codecs = await lookUpCodecs(config, log)
  const [producer, admin] = await Promise.all([kafka.openProducer(), kafka.openAdmin()])
  try {
    const stores = {
      log: reconciliations(pg),
      events: events(pg),
      versions: endpointVersions(pg),
      attempts: attempts(pg),
    }
    const wiring = {
      config,
      clock,
      stores,
      topics,
      send: sender({ producer, codecs, topics, tracing: noTracing }),
    }
    const findings: Findings = {
      missing: ({ deliveryId, endpointId, event: { eventId } }) =>
        log.warn({ deliveryId, eventId, endpointId }, 'delivery.missing'),
      overdue: ({ deliveryId, eventId, endpointId }, canResume) =>
        log.warn({ deliveryId, eventId, endpointId, canResume }, 'delivery.overdue'),
    }
    const ports = roundPorts(wiring, { admin, findings, patienceMs, isStopped: () => false })
    const nowMs = clock.nowMs()
    return await checkLog(ports, {
      ...{ nowMs, sinceMs: nowMs - terms.minutes * 60_000, repairs: values.repair },
      ...{ marginMs: terms.marginMs, overdueMs: terms.overdueMs },
    })
  } finally {
    await Promise.all([producer.close(), admin.close(), pg.close()])
  }
}

function inWords(checked: Checked): string {
  if (checked.kind === 'stopped') return 'stopped'
  if (checked.kind === 'behind')
    return `${checked.group} is behind on ${checked.topic}: what is late and what is lost can not be told apart yet`
  const { events, expected, delivered, dead, waiting, unsure, missing, overdue, requeued } = checked
  return [
    `${events} events, ${expected} deliveries expected: ${delivered} delivered, ${dead} dead, ${waiting} waiting`,
    `${missing} missing, ${overdue} overdue, ${requeued} put back; ${unsure} unsure (their endpoint was changed about then)`,
  ].join('\n')
}
