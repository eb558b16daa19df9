/** The notifier: `endpoint-events` into endpoints' lives, mails and operational events. The only file that knows every name. */
import { endpointEventKinds } from '@scanhook/domain/endpoint-event'
import { noticeKinds } from '@scanhook/domain/endpoint-life/endpoint-life'
import { type DomainEvent, noticeEventTypes } from '@scanhook/domain/event'
import { poisonReasons } from '@scanhook/domain/poison'
import { scaledMs } from '@scanhook/domain/retry/tiers'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { openMailer } from '@scanhook/mail/open-mailer'
import { type TraceHeaders, traceHeaders } from '@scanhook/observability/trace'
import { endpointLives } from '@scanhook/postgres/endpoint-lives'
import { endpointNotices } from '@scanhook/postgres/endpoint-notices'
import { isPostgresError, postgresErrorCodes, postgresErrorOf } from '@scanhook/postgres/errors'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { every } from '@scanhook/runtime/every'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { subjectKey } from '@scanhook/schemas/keys'
import { type Codecs, lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { poisonRecord } from '@scanhook/schemas/poison-headers'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { notifierSettings } from './config.ts'
import { type NoticeSender, noticeResults, noticeSender } from './send-notices.ts'
import { sweepFailing } from './sweep-failing.ts'
import { type ChangeLife, endpointEventTaker, type TakePorts } from './take-events.ts'

type Context = ServiceContext<typeof notifierSettings>

interface Wiring {
  readonly context: Context
  readonly pg: Postgres
  readonly producer: KafkaProducer
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly sender: NoticeSender
  readonly change: ChangeLife
  readonly failed: (error: unknown) => void
}

export const notifierService: ServiceDefinition<typeof notifierSettings> = defineService({
  name: 'notifier',
  settings: notifierSettings,
  start: startNotifier,
})

async function startNotifier(context: Context): Promise<void> {
  const { config, log, metrics, tracing, onStop, fail } = context
  const topics = topicNames(config.TOPIC_PREFIX)
  const pg = openPostgres({ url: config.POSTGRES_URL, max: config.POSTGRES_POOL_MAX, log, metrics })
  onStop('postgres', () => pg.close())
  const codecs = await lookUpCodecs(config, log)
  const kafka = openKafka(config, { log, metrics, tracing })
  const producer = await kafka.openProducer()
  onStop('producer', () => producer.close())
  const failed = countFailures(context)
  const sender = startSender({ context, pg, producer, codecs, topics }, failed)
  const change = changer(context, pg, sender)
  const wiring: Wiring = { context, pg, producer, codecs, topics, sender, change, failed }
  keepSweeping(wiring)
  const consumer = kafka.openConsumer({
    groupId: `${config.TOPIC_PREFIX}notifier`,
    topics: [topics.endpointEvents],
    handle: endpointEventTaker(takePorts(wiring)),
    onFatal: fail,
  })
  onStop('consumer', () => consumer.stop())
  const isReady = context.readiness('kafka')
  await consumer.start()
  // PostgreSQL and the mail server are no conditions: while they are away the notifier does what it should, it waits.
  isReady(true)
}

function countFailures({ log, metrics }: Context): (error: unknown) => void {
  const failures = metrics.counter(
    'scanhook_notifier_failures_total',
    'Transactions of the notifier that failed, by reason; each is tried again',
    { code: postgresErrorCodes },
  )
  return (thrown) => {
    const error = postgresErrorOf(thrown)
    failures.inc({ code: error.code })
    log.warn({ error }, 'notifier.postponed')
  }
}

function changer({ metrics, log }: Context, pg: Postgres, sender: NoticeSender): ChangeLife {
  const noticed = metrics.counter(
    'scanhook_endpoint_changes_total',
    'Endpoints that began to fail, recovered or were disabled',
    { kind: noticeKinds },
  )
  const lives = endpointLives(pg)
  return async (org, id, decide) => {
    const kind = await lives.change(org, id, decide)
    if (kind === null || kind === 'unnoticed') return
    noticed.inc({ kind })
    log.info({ orgId: org, endpointId: id, kind }, 'endpoint.changed')
    void sender.wake()
  }
}

/** First a blink, then up to 5 s: people are told within seconds of the database's return. */
function pauseMs(failedBefore: number, random: number): number {
  return Math.min(5_000, 250 * 2 ** Math.min(failedBefore, 10)) * (0.5 + random / 2)
}

function takePorts({ context, pg, producer, codecs, topics, change, failed }: Wiring): TakePorts {
  const { config, clock, random, metrics, log } = context
  const taken = metrics.counter('scanhook_endpoint_events_taken_total', 'Endpoint events taken in', {
    kind: endpointEventKinds,
  })
  const poisoned = metrics.counter('scanhook_notifier_poisoned_total', 'Records set aside on poison', {
    reason: poisonReasons,
  })
  const toRecord = eventRecorder(context, codecs, topics)
  let failedBefore = 0
  return {
    decode: recordDecoder(codecs.endpointEvents, waitBy(clock), decodeMeter(metrics, 'endpointEvents')),
    change,
    describe: (ids) => endpointLives(pg).describe(ids),
    recordOf: (event, cause) => toRecord(event, traceHeaders(cause.headers)),
    poisonOf: (record, reason, detail) => {
      poisoned.inc({ reason })
      const { topic, partition, offset } = record
      log.warn({ topic, partition, offset, reason, detail }, 'record.poisoned')
      return poisonRecord(topics.poison, record, { reason, detail, service: 'notifier' })
    },
    appendAll: (records) => producer.appendAll(records),
    isBadValue: (error) => isPostgresError(error, 'POSTGRES_BAD_VALUE'),
    onFailure: (error) => {
      failed(error)
      return clock.nowMs() + pauseMs(failedBefore++, random())
    },
    onTaken: ({ kind }) => {
      failedBefore = 0
      taken.inc({ kind })
    },
    scale: config.TIME_SCALE,
  }
}

function eventRecorder(
  { metrics }: Context,
  codecs: Codecs,
  topics: TopicNames,
): (event: DomainEvent, headers?: TraceHeaders) => OutgoingRecord {
  const told = metrics.counter(
    'scanhook_operational_events_total',
    'Events about webhooks and deliveries written to events',
    { event_type: noticeEventTypes },
  )
  return (event, headers) => {
    told.inc({ event_type: event.type })
    return {
      topic: topics.events,
      key: subjectKey(event.orgId, event.subject),
      value: codecs.events.encode(event),
      headers,
    }
  }
}

/** A person waits for the mail; two look-ups a second by index cost PostgreSQL nothing. */
const sendRoundMs = 1_000
/** A mail under way may end its exchange; longer than that it is the next process' (its claim runs out). */
const sendDrainMs = 5_000

function startSender(
  { context, pg, producer, codecs, topics }: Omit<Wiring, 'sender' | 'change' | 'failed'>,
  failed: (error: unknown) => void,
): NoticeSender {
  const { config, clock, random, metrics, log, onStop } = context
  const store = endpointNotices(pg)
  const results = metrics.counter(
    'scanhook_notices_total',
    'Mails about endpoints, by what became of them; postponed ones count once for each try',
    { kind: noticeKinds, result: noticeResults },
  )
  const waiting = metrics.gauge('scanhook_notices_waiting', 'Notices that wait to go out', {
    channel: ['mail', 'event'],
  })
  const toRecord = eventRecorder(context, codecs, topics)
  const mailer =
    config.SMTP_URL === ''
      ? null
      : openMailer({ url: config.SMTP_URL, from: config.MAIL_FROM, after: clock.after })
  if (mailer === null) log.warn({ setting: 'SMTP_URL' }, 'mail.kept-unsent')
  const sender = noticeSender({
    ...store,
    publish: (events) => producer.appendAll(events.map((event) => toRecord(event))),
    send: mailer === null ? null : mailer.send,
    mailDomain: config.MAIL_FROM.replace(/^.*@/, '').replace(/>$/, ''),
    consoleUrl: config.CONSOLE_URL,
    onMail: ({ id, orgId, endpointId, kind, tries }, result, detail) => {
      results.inc({ kind, result })
      const line = { noticeId: id, orgId, endpointId, kind, tries, result, detail }
      if (result === 'sent' || result === 'no_recipient') log.info(line, 'mail.settled')
      else log.warn(line, 'mail.unsettled')
    },
    onFailure: failed,
    nowMs: clock.nowMs,
    random,
  })
  onStop('sender', () => Promise.race([sender.stop(), waitBy(clock)(sendDrainMs)]))
  onStop(
    'sending',
    every(clock, sendRoundMs, () => void sender.wake()),
  )
  onStop(
    'counting',
    every(clock, countRoundMs, () => void count()),
  )
  return sender

  async function count(): Promise<void> {
    try {
      const { mails, events } = await store.countWaiting()
      waiting.set({ channel: 'mail' }, mails)
      waiting.set({ channel: 'event' }, events)
    } catch (error) {
      failed(error)
    }
  }
}

/** As often as Prometheus usually asks. */
const countRoundMs = 15_000
/** Of five days a minute is nothing, and a round over few failing endpoints costs a query. */
const sweepRoundMs = 60_000
/** With time scaled up, rounds are no nearer than this. */
const sweepRoundMinMs = 250

function keepSweeping({ context, pg, change, failed }: Wiring): void {
  const { config, clock, onStop } = context
  const lives = endpointLives(pg)
  const scale = config.TIME_SCALE
  const ports = { ...lives, change, scale }
  let isSweeping = false

  async function sweep(): Promise<void> {
    if (isSweeping) return
    isSweeping = true
    try {
      await sweepFailing(ports, clock.nowMs())
    } catch (error) {
      failed(error)
    } finally {
      isSweeping = false
    }
  }
  onStop(
    'sweep',
    every(clock, Math.max(sweepRoundMinMs, scaledMs(sweepRoundMs, scale)), () => void sweep()),
  )
}
