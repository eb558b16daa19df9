/**
 * `POST /api/v1/scans` and `POST /api/v1/events`: the front door over HTTP, and `POST /api/v1/validate` beside it. 202 means that Kafka has acknowledged what was
 * accepted; 503 means that nothing was, and that the same request may come again.
 */
import { incomingEventForm, readForm } from '@scanhook/catalogue/upstream-forms'
import { type OrgId, orgId } from '@scanhook/domain/ids'
import type { FieldProblem, Parsed } from '@scanhook/domain/read'
import { type ApiError, unavailable } from '@scanhook/http/api-error'
import type { HttpApp } from '@scanhook/http/app'
import type { Caller } from '@scanhook/http/authentication'
import { validationError } from '@scanhook/http/field-problems'
import type { HttpAnswer, HttpRequest, Route, RouteDescription } from '@scanhook/http/route'
import type { JsonSchema } from '@scanhook/http/wire-form'
import { traceHeaders } from '@scanhook/observability/trace'
import { type Document, splitLines } from '@scanhook/reader-formats/split-documents'
import type { Clock } from '@scanhook/runtime/clock'
import { z } from 'zod'
import { deviceHeader, formatHeader, type ReaderSource, type SourceHeaders } from './reader-source.ts'
import { type Submission, type SubmitPorts, submitBatch } from './submit-batch.ts'
import { type Frame, itemFrame } from './take-record.ts'
import { type ValidateRoutePorts, validateRoute } from './validate/routes.ts'

export interface IntakePorts<T> extends SubmitPorts<T> {
  readonly clock: Pick<Clock, 'nowMs' | 'after'>
  /** Which format the request is in; its problems are those of the headers. */
  readonly sourceOf: (headers: SourceHeaders) => Parsed<ReaderSource>
}

// One part of the pipeline: one round trip to each store. More would hold a request open for longer than clients wait.
const itemsMax = 1_000
// 1,000 reads of 400 bytes fit several times; 1,000 events want to come in smaller batches.
const bodyMaxBytes = 4 * 1024 * 1024
// What a client should wait when a store is away: an ordinary failover is over by then.
const retryAfterS = 5
// A healthy acknowledgement takes milliseconds and clients give up after some ten seconds.
const answerWithinMs = 10_000
// Batches that wait for Kafka, those that nobody waits for any more included: 64 of at most 4 MiB.
const underWayMax = 64

export interface IntakeRoute<T> extends IntakePorts<T> {
  readonly path: string
  readonly scope: string
  /** Of one item; with a `title`, which names it in documents. */
  readonly item: JsonSchema
  readonly describes: Pick<RouteDescription, 'id' | 'summary' | 'details'>
}

type IntakeRequest = HttpRequest<Caller, unknown, unknown, unknown>

const fieldProblemAnswer = z.object({
  field: z.string(),
  code: z.string(),
  message: z.string(),
  params: z.null(),
})
const submissionAnswer = z
  .object({
    accepted: z.int(),
    duplicates: z.int(),
    dropped: z.int(),
    drops: z.array(z.object({ index: z.int(), reason: z.string() })),
    rejected: z.array(z.object({ index: z.int(), fields: z.array(fieldProblemAnswer) })),
  })
  .meta({ id: 'Submission' })

const partlyAccepted =
  'Good items are accepted even where others are bad: `rejected` names these by index. 202 means that Kafka has acknowledged what was accepted.'

export interface IntakeRoutesPorts<R, E> {
  readonly reads: IntakePorts<R>
  readonly events: IntakePorts<E>
  readonly validate: ValidateRoutePorts
}

/** Both doors, and what would come of a record. Calls nothing of the ports. */
export function addIntakeRoutes<R, E>(
  http: Pick<HttpApp<Caller>, 'route'>,
  ports: IntakeRoutesPorts<R, E>,
): void {
  http.route(validateRoute(ports.validate))
  http.route(
    intakeRoute({
      ...ports.reads,
      path: '/api/v1/scans',
      scope: 'scans:write',
      item: readForm,
      describes: {
        id: 'submitScans',
        summary: 'Send reads of tags',
        details: `At most 1,000 items; with the header \`Scanhook-Format\` they are in a reader’s own format. ${partlyAccepted}`,
      },
    }),
  )
  http.route(
    intakeRoute({
      ...ports.events,
      path: '/api/v1/events',
      scope: 'events:write',
      item: incomingEventForm,
      describes: {
        id: 'submitEvents',
        summary: 'Send business events',
        details: `At most 1,000 items. ${partlyAccepted}`,
      },
    }),
  )
}

export function intakeRoute<T>(options: IntakeRoute<T>): Route<Caller, unknown, unknown, unknown> {
  let underWay = 0
  const accept = async (values: readonly T[]): Promise<readonly string[] | null> => {
    underWay += 1
    try {
      return await options.accept(values)
    } finally {
      underWay -= 1
    }
  }
  return {
    method: 'POST',
    path: options.path,
    scope: options.scope,
    describes: { ...options.describes, answers: { 202: z.object({ data: submissionAnswer }) } },
    bodyKind: ['json', 'ndjson'],
    bodyMaxBytes,
    body: z.unknown().meta({ wire: bodyForm(options.item) }),
    handle: async (request) => {
      if (underWay >= underWayMax)
        throw unavailable('too many batches wait for Kafka; nothing was accepted', retryAfterS)
      return handle({ ...options, accept }, request)
    },
  }
}

/** One item or an array of them. */
function bodyForm(item: JsonSchema): JsonSchema {
  const ref = { $ref: `#/$defs/${item['title']}` }
  return {
    anyOf: [ref, { type: 'array', items: ref, minItems: 1, maxItems: itemsMax }],
    $defs: { [`${item['title']}`]: item },
  }
}

async function handle<T>(options: IntakeRoute<T>, request: IntakeRequest): Promise<HttpAnswer> {
  const source = options.sourceOf(sourceHeaders(request))
  if (!source.ok) throw validationError(source.problems)
  const { items, isBatch } = itemsOf(request)
  const frame = { ...frameOf(orgId(request.caller.orgId), request, options.clock.nowMs()), ...source.value }
  const submitting = submitBatch(options, items, (index) => ({ ...itemFrame(frame, index), fieldPrefix: '' }))
  const submission = await inTime(options.clock, submitting)
  if (submission === null) {
    throw unavailable('master data can not be reached; nothing was accepted', retryAfterS)
  }
  if (submission.rejected.length === items.length && isEmpty(submission))
    throw allRejected(submission, isBatch)
  return { status: 202, body: { data: bodyOf(submission) } }
}

/** Kafka may be away for long and an acknowledgement still come: the client is told to send the same again. */
function inTime<T>(clock: Pick<Clock, 'after'>, submitting: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(answerWithinMs, () => {
      const detail =
        'Kafka did not acknowledge in time; send the same batch again, items with an id count once'
      reject(unavailable(detail, retryAfterS))
    })
    submitting.then(resolve, reject).finally(cancel)
  })
}

function itemsOf(request: IntakeRequest): { readonly items: readonly Document[]; readonly isBatch: boolean } {
  const batch = request.bodyKind === 'ndjson' ? linesOf(request.text) : listOf(request.body)
  if (batch.items.length === 0) {
    throw validationError([{ field: '', code: 'too_short', message: 'the batch must have at least 1 item' }])
  }
  if (batch.items.length > itemsMax) {
    const message = `the batch must have at most ${itemsMax} items; has ${batch.items.length}`
    throw validationError([{ field: '', code: 'too_long', message }])
  }
  return batch
}

function linesOf(text: string): { items: readonly Document[]; isBatch: boolean } {
  return { items: splitLines(text)?.documents ?? [], isBatch: true }
}

function listOf(body: unknown): { items: readonly Document[]; isBatch: boolean } {
  const isBatch = Array.isArray(body)
  const list: readonly unknown[] = isBatch ? body : [body]
  return { items: list.map((json) => ({ kind: 'json', json })), isBatch }
}

function sourceHeaders({ headers }: IntakeRequest): SourceHeaders {
  const text = (value: string | string[] | undefined): string | undefined =>
    Array.isArray(value) ? value.join(', ') : value
  return { [formatHeader]: text(headers[formatHeader]), [deviceHeader]: text(headers[deviceHeader]) }
}

/** Of a reader's frame some entries may be bad and others good: that is not a refusal. */
function isEmpty({ accepted, duplicates, dropped }: Submission): boolean {
  return accepted === 0 && duplicates === 0 && dropped.length === 0
}

function frameOf(org: OrgId, request: IntakeRequest, nowMs: number): Omit<Frame, keyof ReaderSource> {
  return {
    orgId: org,
    receivedAtMs: nowMs,
    coordinate: `http:${request.requestId}`,
    fieldPrefix: '',
    headers: traceHeaders(request.headers),
  }
}

function allRejected({ rejected }: Submission, isBatch: boolean): ApiError {
  if (!isBatch) return validationError(rejected[0]?.fields ?? [])
  return validationError(
    rejected.flatMap(({ index, fields }) =>
      fields.map((problem) => ({
        ...problem,
        field: problem.field === '' ? `${index}` : `${index}.${problem.field}`,
      })),
    ),
  )
}

function bodyOf({ accepted, duplicates, dropped, rejected }: Submission): unknown {
  return {
    accepted,
    duplicates,
    dropped: dropped.length,
    drops: dropped,
    rejected: rejected.map(({ index, fields }) => ({ index, fields: fields.map(withParams) })),
  }
}

/** Every declared field is present, as everywhere in the API. */
function withParams({ field, code, message }: FieldProblem): unknown {
  return { field, code, message, params: null }
}
