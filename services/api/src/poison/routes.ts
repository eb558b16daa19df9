/** What was set aside on `poison`: looked at, and put back on its topic once the cause is mended. For operators only. */
import { poisonReasons } from '@scanhook/domain/poison'
import { single, timeText } from '@scanhook/http/answers'
import { fieldError } from '@scanhook/http/api-error'
import { repeatedParam, textParam } from '@scanhook/http/query'
import type { Authorship } from '@scanhook/postgres/audit-log'
import { z } from 'zod'
import { arrayAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorshipOf } from '../audit-log/author-of.ts'
import type { Api } from '../server.ts'
import {
  type ListedPoison,
  type PoisonPage,
  type PoisonQuery,
  type ReplayAsked,
  type ReplayResult,
  replayOutcomes,
} from './read-poison.ts'
import type { Preview } from './show-poison.ts'

export interface PoisonRoutePorts {
  /** Rejects with 503 where Kafka does not answer. */
  readonly list: (query: PoisonQuery) => Promise<PoisonPage>
  /** The same, where nothing was done. */
  readonly replay: (by: Authorship, asked: ReplayAsked) => Promise<readonly ReplayResult[]>
}

export interface OperatorGate {
  /** Throws for whoever is not an operator. */
  readonly admit: (orgId: number) => void
  readonly forOperators: string
}

const count = z.int().min(0)
const previewAnswer = z.object({
  form: z.enum(['none', 'text', 'bytes']).describe('`bytes`: as pairs of hexadecimal digits'),
  text: z.string(),
  is_cut: z.boolean(),
  size_bytes: count,
})
const pageAnswer = z
  .object({
    records: arrayAnswer(
      z.object({
        partition: count,
        offset: count,
        set_aside_at: timeAnswer,
        reason: z.string(),
        detail: z.string(),
        service: z.string(),
        origin: z
          .object({ topic: z.string(), partition: count, offset: count })
          .nullable()
          .describe('Where it came from, and goes when it is replayed'),
        key: previewAnswer,
        value: previewAnswer,
        headers: z.record(z.string(), z.string()).readonly(),
        replayed_at: timeAnswer.nullable().describe('When it was put back the last time'),
        replayed_from: z
          .string()
          .nullable()
          .describe('Set where it was put back once and set aside again: `partition:offset` of before'),
      }),
    ),
    looked_at: count,
    total: count.describe('Records in the topic'),
    next_before: z.string().nullable().describe('For `before`; null: nothing older is there'),
  })
  .meta({ id: 'PoisonPage' })
const replayAnswer = z
  .object({
    records: arrayAnswer(
      z.object({
        partition: count,
        offset: count,
        outcome: z.enum(replayOutcomes),
        topic: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'PoisonReplay' })

/** What a person chooses on a page, and what is sent within the time that a request has. */
const replayedMax = 100
/** As `list` gives it: an offset by partition. */
const beforePattern = /^\d{1,15}(,\d{1,15}){0,99}$/

export function addPoisonRoutes(
  api: Api,
  ports: PoisonRoutePorts,
  { admit, forOperators }: OperatorGate,
): void {
  api.route({
    method: 'GET',
    path: '/api/v1/operator/poison',
    scope: 'webhooks:read',
    describes: {
      id: 'listPoison',
      summary: 'List records that no service could process',
      details: `${forOperators} The newest 200 are looked at, or those before \`before\`; of them the wanted ones are told.`,
      answers: { 200: singleAnswer(pageAnswer) },
    },
    query: z.object({
      reason: repeatedParam(z.enum(poisonReasons)),
      service: repeatedParam(z.string().regex(/^[a-z-]{1,32}$/, 'must be the name of a service')),
      before: textParam(1_600).optional(),
    }),
    handle: async ({ caller, query }) => {
      admit(caller.orgId)
      const { reason: reasons, service: services, before } = query
      return single(pageView(await ports.list({ reasons, services, before: beforeOf(before) })))
    },
  })
  api.route({
    method: 'POST',
    path: '/api/v1/operator/poison/replays',
    scope: 'webhooks:write',
    describes: {
      id: 'replayPoison',
      summary: 'Put records back on the topic that they came from',
      details: `${forOperators} One after the other, in the order given. A record that was put back before is left alone unless \`again\` is true.`,
      answers: { 200: singleAnswer(replayAnswer) },
    },
    body: z.object({
      records: z
        .array(z.object({ partition: z.int().min(0).max(100_000), offset: z.int().min(0) }))
        .min(1)
        .max(replayedMax),
      again: z.boolean().default(false),
    }),
    handle: async (request) => {
      admit(request.caller.orgId)
      const { records, again: isAgain } = request.body
      const results = await ports.replay(authorshipOf(request), { records, isAgain })
      return single({ records: results } satisfies z.output<typeof replayAnswer>)
    },
  })
}

function beforeOf(text: string | undefined): readonly number[] | null {
  if (text === undefined) return null
  if (!beforePattern.test(text))
    throw fieldError({ field: 'before', code: 'invalid_value', message: 'is not one that was given' })
  return text.split(',').map(Number)
}

function pageView({ entries, lookedAt, total, next }: PoisonPage): z.output<typeof pageAnswer> {
  return {
    records: entries.map(entryView),
    ...{ looked_at: lookedAt, total, next_before: next === null ? null : next.join(',') },
  }
}

function entryView(entry: ListedPoison): z.output<typeof pageAnswer>['records'][number] {
  const { partition, offset, reason, detail, service, origin, headers } = entry
  return {
    ...{ partition, offset, set_aside_at: timeText(entry.setAsideAtMs), reason, detail, service, origin },
    ...{ key: previewView(entry.key), value: previewView(entry.value), headers },
    ...{ replayed_at: timeText(entry.replayedAtMs), replayed_from: entry.replayedFrom },
  }
}

function previewView({ form, text, isCut, sizeBytes }: Preview): z.output<typeof previewAnswer> {
  return { form, text, is_cut: isCut, size_bytes: sizeBytes }
}
