/** `POST /api/v1/validate`: what the producer would make of a record, before it is produced. Nothing is kept of it. */
import { type OrgId, orgId } from '@scanhook/domain/ids'
import { parseInstant } from '@scanhook/domain/instant'
import { poisonReasons } from '@scanhook/domain/poison'
import { single, timeText } from '@scanhook/http/answers'
import { fieldError, unavailable } from '@scanhook/http/api-error'
import type { Caller } from '@scanhook/http/authentication'
import type { Route } from '@scanhook/http/route'
import { z } from 'zod'
import type { UpstreamTopic } from '../topic-bindings.ts'
import { valueShower } from './show-value.ts'
import {
  type Outcome,
  problemsListed,
  type ValidatePorts,
  type Verdict,
  validateRecord,
  warningCodes,
} from './validate-record.ts'

export interface ValidateRoutePorts extends ValidatePorts {
  /** Null where nothing is read under that name for that organization. */
  readonly findTopic: (name: string, org: OrgId) => UpstreamTopic | null
}

// A record of 1 MiB in base64 or with every quote escaped, twice.
const bodyMaxBytes = 4 * 1024 * 1024
/** Kafka's own bound for the name of a topic. */
const topicLengthMax = 249
// What a client should wait when a store is away: an ordinary failover is over by then.
const retryAfterS = 5

interface Body {
  readonly topic: string
  readonly value?: unknown
  readonly value_base64?: string | null | undefined
  readonly key?: string | null | undefined
  readonly headers?: Readonly<Record<string, string>> | null | undefined
  readonly timestamp?: string | null | undefined
}

const body: z.ZodType<Body> = z.object({
  topic: z
    .string()
    .min(1)
    .max(topicLengthMax)
    .describe('A topic that Scanhook reads, with or without its prefix'),
  value: z
    .unknown()
    .optional()
    .describe('The record’s value: JSON, or its text; null or absent: the record has none'),
  value_base64: z
    .string()
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be base64')
    .nullish()
    .describe('Instead of `value`: its bytes, for Avro'),
  key: z.string().nullish().describe('The record’s key'),
  headers: z.record(z.string(), z.string()).nullish().describe('The record’s headers'),
  timestamp: z
    .string()
    .nullish()
    .meta({
      wire: {
        description: 'The record’s timestamp; now by default',
        anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
      },
    }),
})

const keyedAnswer = z.object({ id: z.int(), external_key: z.string() })
const problemAnswer = z.object({
  field: z
    .string()
    .describe('Dotted path, in a batch with the index first; a header’s name; empty: the whole record'),
  code: z.string(),
  message: z.string().describe('The rule; reads on after the name of the field'),
  value: z.string().nullable().describe('What stands there, as JSON, at most 100 characters; null: nothing'),
})
const warningAnswer = z.object({
  code: z.enum(warningCodes),
  outcome: z.int().nullable().describe('Index in `outcomes`; null: the whole record'),
  message: z.string(),
})
const outcomeAnswer = z
  .object({
    becomes: z.enum(['scan', 'event', 'heartbeat', 'nothing']),
    id: z.string().nullable().describe('The sender’s own id'),
    device: z.string().nullable().describe('External key of the reader'),
    antenna_port: z.int().nullable(),
    tag: z.string().nullable().describe('The tag’s value as it was read'),
    asset: keyedAnswer.nullable(),
    location: keyedAnswer.nullable().describe('Where a scan is'),
    event_id: z
      .uuid()
      .nullable()
      .describe('Null where only a real record has one: it has no id of the sender'),
    event_type: z.string().nullable(),
    subject: z.string().nullable().describe('What the event is about'),
    at: z.string().nullable().describe('The time of the scan or event'),
  })
  .meta({ id: 'RecordOutcome' })
const verdictAnswer = z
  .object({
    ok: z.boolean().describe('Whether the record would be taken whole; false: it would go to `poison`'),
    reason: z.enum(poisonReasons).nullable().describe('As the record’s `poison-reason` would say'),
    problems: z.array(problemAnswer).describe('At most 100'),
    problem_count: z.int(),
    outcomes: z
      .array(outcomeAnswer)
      .describe('What would come of it, also of the good items beside bad ones'),
    outcomes_complete: z
      .boolean()
      .describe('False: there are more than 1,000, and only these were looked at'),
    warnings: z.array(warningAnswer),
  })
  .meta({ id: 'RecordVerdict' })

export function validateRoute(ports: ValidateRoutePorts): Route<Caller, unknown, unknown, Body> {
  return {
    method: 'POST',
    path: '/api/v1/validate',
    scope: 'events:write',
    describes: {
      id: 'validateRecord',
      summary: 'What is wrong with a record, before it is produced',
      details:
        'The record is judged as the producer judges it, and nothing of it is kept. `ok` is false exactly where it would be set aside as poison.',
      answers: { 200: z.object({ data: verdictAnswer }) },
    },
    bodyMaxBytes,
    body,
    handle: async ({ caller, body: given }) => {
      const org = orgId(caller.orgId)
      const topic = ports.findTopic(given.topic, org)
      if (topic === null) {
        throw fieldError({
          field: 'topic',
          code: 'fk_not_found',
          message: 'is not a topic that is read for your organization',
        })
      }
      const draft = {
        topic,
        key: given.key === null || given.key === undefined ? null : Buffer.from(given.key),
        value: bytesOf(given),
        headers: given.headers ?? {},
        timestampMs: timestampOf(given.timestamp),
      }
      const verdict = await validateRecord(ports, draft, org)
      if (verdict === null) throw unavailable('master data or schemas can not be reached', retryAfterS)
      return single(verdictView(verdict, valueShower(draft)))
    },
  }
}

function bytesOf({ value, value_base64: base64 }: Body): Buffer | null {
  if (base64 !== undefined && base64 !== null) {
    if (value === undefined || value === null) return Buffer.from(base64, 'base64')
    throw fieldError({
      field: 'value_base64',
      code: 'ambiguous_fields',
      message: 'must be left out where `value` is given',
    })
  }
  if (value === undefined || value === null) return null
  return Buffer.from(typeof value === 'string' ? value : textOf(value))
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    // What nests this deep can be read by a parser and not be written again; as text it can be sent.
    throw fieldError({ field: 'value', code: 'too_large', message: 'nests too deep; send it as text' })
  }
}

function timestampOf(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null
  const atMs = parseInstant(text)
  if (atMs !== null) return atMs
  const message = 'must be an RFC 3339 time, like 2026-04-28T00:33:38.021Z'
  throw fieldError({ field: 'timestamp', code: 'invalid_value', message })
}

function verdictView(
  verdict: Verdict,
  shown: (field: string) => string | null,
): z.output<typeof verdictAnswer> {
  const { isOk, reason, problems, outcomes, isComplete, warnings } = verdict
  return {
    ok: isOk,
    reason,
    problems: problems
      .slice(0, problemsListed)
      .map(({ field, code, message }) => ({ field, code, message, value: shown(field) })),
    problem_count: problems.length,
    outcomes: outcomes.map(outcomeView),
    outcomes_complete: isComplete,
    warnings: warnings.map(({ code, outcomeIndex, message }) => ({ code, outcome: outcomeIndex, message })),
  }
}

type OutcomeView = z.output<typeof outcomeAnswer>

const blank: OutcomeView = {
  becomes: 'nothing',
  id: null,
  device: null,
  antenna_port: null,
  tag: null,
  asset: null,
  location: null,
  event_id: null,
  event_type: null,
  subject: null,
  at: null,
}

function outcomeView(outcome: Outcome): OutcomeView {
  switch (outcome.kind) {
    case 'heartbeat':
      return { ...blank, becomes: 'heartbeat', device: outcome.heartbeat.deviceKey }
    case 'event': {
      const { event, arrival } = outcome.accepted
      return {
        ...blank,
        becomes: outcome.isCopy ? 'nothing' : 'event',
        id: arrival.event.clientId,
        event_id: arrival.event.clientId === null ? null : event.eventId,
        event_type: event.type,
        subject: event.subject,
        at: timeText(event.occurredAtMs),
      }
    }
    case 'read':
      return readView(outcome)
  }
}

function readView({ resolution, isCopy }: Extract<Outcome, { kind: 'read' }>): OutcomeView {
  const { readId, deviceKey, antennaPort, tagValue } = resolution.arrival.read
  const read = { ...blank, id: readId, device: deviceKey, antenna_port: antennaPort, tag: tagValue }
  if (resolution.kind === 'dropped') return read
  const { asset, place, atMs } = resolution.scan
  const [location] = place.path
  return {
    ...read,
    becomes: isCopy ? 'nothing' : 'scan',
    asset: keyed(asset),
    location: location === undefined ? null : keyed(location),
    at: timeText(atMs),
  }
}

function keyed({
  id,
  externalKey,
}: {
  readonly id: number
  readonly externalKey: string
}): OutcomeView['asset'] {
  return { id, external_key: externalKey }
}
