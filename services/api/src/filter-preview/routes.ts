/** `POST /api/v1/webhooks/filter-preview`: how many events of the last day a filter would let through, before it is saved. */
import { setImmediate } from 'node:timers/promises'
import { eventTypes } from '@scanhook/domain/event'
import { coversType } from '@scanhook/domain/matching/match-subscriptions'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { single, timeText } from '@scanhook/http/answers'
import { fieldError } from '@scanhook/http/api-error'
import type { JobPages } from '@scanhook/postgres/job-pages'
import { z } from 'zod'
import { singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { timeField } from '../fields.ts'
import type { Api } from '../server.ts'
import { filterProblem } from '../webhooks/check-filters.ts'
import { eventTypesField } from '../webhooks/webhook-input.ts'
import { type PreviewPorts, type PreviewSample, previewFilter } from './preview-filter.ts'

export interface PreviewRoutePorts extends Pick<PreviewPorts, 'monotonicMs'> {
  readonly pages: PreviewPorts['pages'] & Pick<JobPages, 'findNewest'>
  readonly nowMs: () => number
}

/** A day has every shift in it; more would only take longer. */
const windowMaxMs = 24 * 3_600_000

/** As many as are judged within milliseconds, so that a form can ask while somebody types. */
const newestMax = 1_000

const body = z.object({
  event_types: eventTypesField,
  filter: z.string().nullable(),
  since: timeField.optional(),
  newest: z.int().min(1).max(newestMax).optional(),
})

const sampleSchema = z
  .object({
    event_id: uuidAnswer,
    type: z.string(),
    occurred_at: timeAnswer,
    matched: z.boolean(),
    clause: z.string().nullable(),
    failure: z.string().nullable(),
  })
  .meta({ id: 'FilterSample' })
const previewAnswer = z
  .object({
    scanned: z.int(),
    matched: z.int(),
    window_from: timeAnswer,
    window_to: timeAnswer,
    is_complete: z.boolean(),
    samples: z.array(sampleSchema),
  })
  .meta({ id: 'FilterPreview' })

export function addFilterPreviewRoute(api: Api, { pages, nowMs, monotonicMs }: PreviewRoutePorts): void {
  // A cache of its own: what people try out must not push out what is in use.
  const ports: PreviewPorts = {
    pages,
    monotonicMs,
    judgeFilter: openFilterJudge(),
    yieldTurn: async () => void (await setImmediate()),
  }
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/filter-preview',
    scope: 'webhooks:read',
    describes: {
      id: 'previewFilter',
      summary: 'How many events of the last day a filter would let through',
      details: 'With `newest`, of the newest so many of them.',
      answers: { 200: singleAnswer(previewAnswer) },
    },
    body,
    handle: async ({ caller: { orgId }, body: { event_types: patterns, filter, since, newest } }) => {
      const problem = filterProblem('filter', filter)
      if (problem !== null) throw fieldError(problem)
      const untilMs = nowMs()
      const span = {
        ...{ orgId, untilMs, sinceMs: sinceOf(since, untilMs) },
        eventTypes: eventTypes.filter((type) => patterns.some((pattern) => coversType(pattern, type))),
      }
      const newestMs = newest === undefined ? null : await pages.findNewest(span, newest)
      const sinceMs = newestMs ?? span.sinceMs
      const preview = await previewFilter(ports, { ...span, sinceMs, filter })
      return single({
        scanned: preview.scanned,
        matched: preview.matched,
        window_from: timeText(sinceMs),
        window_to: timeText(preview.toMs),
        is_complete: preview.isComplete,
        samples: preview.samples.map(sampleView),
      })
    },
  })
}

function sinceOf(since: number | undefined, nowMs: number): number {
  const earliestMs = nowMs - windowMaxMs
  if (since === undefined) return earliestMs
  if (since >= earliestMs && since <= nowMs) return since
  throw fieldError({
    field: 'since',
    code: since > nowMs ? 'too_large' : 'too_small',
    message: 'must be within the last 24 hours',
  })
}

function sampleView({ eventId, type, occurredAtMs, refusal }: PreviewSample): z.output<typeof sampleSchema> {
  return {
    event_id: eventId,
    type,
    occurred_at: timeText(occurredAtMs),
    matched: refusal === null,
    clause: refusal?.clause ?? null,
    failure: refusal?.failure ?? null,
  }
}
