/** `deliveries …`, `resend`, `recover`: the log, and sending again. */

import { followStream } from '@scanhook/client/follow-stream'
import type { ScanhookClient } from '@scanhook/client/open-client'
import type { StreamMessage } from '@scanhook/client/parse-event-stream'
import type { components } from '@scanhook/client/schema'
import { writeCurl } from '@scanhook/client/write-curl'
import { answerOf, reached, refusalOf } from '../answer-of.ts'
import { askAgain, lookTriesMax } from '../ask-again.ts'
import type { Command, Input } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { noStream } from '../listening/listen-loop.ts'
import { printable } from '../printable.ts'
import { idOf, numberOf, timeOf } from '../read-words.ts'
import { renderOne, renderRows } from '../render-rows.ts'
import type { Session } from '../session.ts'

interface Attempt {
  readonly delivery_id: string
  readonly webhook_id: number
  readonly event_type: string
  readonly attempt_number: number
  readonly started_at: string
  readonly response_status: number | null
  readonly error_class: string | null
  readonly explanation: string | null
  readonly disposition: string
}

const filters = [
  { name: 'webhook', value: 'ID', description: 'of this webhook' },
  { name: 'type', value: 'EVENT_TYPE', description: 'of this event type' },
] as const

const list: Command = {
  path: ['deliveries', 'list'],
  summary: 'List deliveries, the newest first',
  positionals: [],
  options: [
    ...filters,
    { name: 'state', value: 'STATE', choices: ['pending', 'delivered', 'dead'], description: 'only those' },
    { name: 'limit', value: 'COUNT', description: 'as many, 20 by default, 200 at most' },
  ],
  examples: ['scanhook deliveries list --state dead', 'scanhook deliveries list --webhook 42 -o quiet'],
  run: async (input, session) => {
    const state = input.text('state')
    const query = {
      ...filtersOf(input.text('webhook'), input.text('type')),
      ...(state === undefined ? {} : { state: [state as 'dead'] }),
      limit: numberOf('limit', input.text('limit'), { fallback: 20, min: 1, max: 200 }),
    }
    const { data } = await answerOf((await session.api()).GET('/api/v1/deliveries', { params: { query } }))
    session.out(
      renderRows(session.output, {
        rows: data,
        none: 'there is no delivery',
        id: (each) => each.id,
        columns: [
          { title: 'delivery', of: (each) => each.id },
          { title: 'webhook', of: (each) => each.webhook_id },
          { title: 'event type', of: (each) => each.event_type },
          { title: 'state', of: (each) => each.state },
          { title: 'attempts', of: (each) => each.attempt_count },
          { title: 'last', of: (each) => each.last_response_status ?? each.last_error_class },
          { title: 'created', of: (each) => each.created_at },
        ],
      }),
    )
    return exitCodes.ok
  },
}

function filtersOf(webhook: string | undefined, type: string | undefined) {
  return {
    ...(webhook === undefined ? {} : { webhook_id: [idOf(webhook)] }),
    ...(type === undefined ? {} : { event_type: [type as 'asset.moved'] }),
  }
}

const show: Command = {
  path: ['deliveries', 'show'],
  summary: 'Show a delivery with its attempts, what comes next, and why',
  positionals: [{ name: 'DELIVERY', description: 'its id' }],
  options: [],
  examples: ['scanhook deliveries show 0b9d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69'],
  run: async (input, session) => {
    const path = { delivery_id: input.positionals[0] ?? '' }
    const { data } = await answerOf(
      (await session.api()).GET('/api/v1/deliveries/{delivery_id}', { params: { path } }),
    )
    const { out, output } = session
    out(
      renderOne(output, data, {
        id: (each) => each.id,
        columns: [
          { title: 'delivery', of: (each) => each.id },
          { title: 'webhook', of: (each) => each.webhook_id },
          { title: 'event', of: (each) => `${each.event_type} ${each.event_id}` },
          { title: 'state', of: (each) => each.state },
          { title: 'why', of: (each) => each.explanation ?? each.dead_reason ?? each.held_reason },
          { title: 'next attempt', of: (each) => each.next_attempt_at },
          { title: 'gives up', of: (each) => each.gives_up_at },
        ],
      }),
    )
    if (output !== 'table') return exitCodes.ok
    out('\n')
    out(
      renderRows(output, {
        rows: data.attempts,
        none: 'no request was made yet',
        id: (each) => each.attempt_number,
        columns: [
          { title: 'attempt', of: (each) => each.attempt_number },
          { title: 'at', of: (each) => each.started_at },
          { title: 'answer', of: (each) => each.response_status ?? each.error_class },
          { title: 'ms', of: (each) => each.timings.total_ms },
          { title: 'then', of: (each) => each.disposition },
          { title: 'why', of: (each) => each.explanation },
        ],
      }),
    )
    return exitCodes.ok
  },
}

const curl: Command = {
  path: ['deliveries', 'curl'],
  summary: 'Print the request of a delivery as a curl command, signed now',
  details:
    'What sending it again would send at this moment, to be sent by hand while a receiver is debugged. Receivers accept the signature for five minutes. It needs webhooks:write, and stands in the audit log. With json the request itself.',
  positionals: [{ name: 'DELIVERY', description: 'its id' }],
  options: [],
  examples: ['scanhook deliveries curl 0b9d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69 | sh'],
  run: async (input, session) => {
    const path = { delivery_id: input.positionals[0] ?? '' }
    const { data } = await answerOf(
      (await session.api()).POST('/api/v1/deliveries/{delivery_id}/sign', { params: { path } }),
    )
    if (session.output === 'json') {
      session.out(`${JSON.stringify(data)}\n`)
      return exitCodes.ok
    }
    // As it is, for a shell: what is quoted in it would be another command if anything were escaped.
    session.out(writeCurl(data))
    session.say(`receivers accept it until ${data.accepted_until}\n`)
    return exitCodes.ok
  },
}

const tail: Command = {
  path: ['deliveries', 'tail'],
  summary: 'Show attempts as they are made, until Ctrl-C',
  details:
    'Follows the API’s stream, and goes on without a gap when the connection breaks off; where a proxy lets no stream through it asks every three seconds; with json one attempt a line. Ctrl-C ends it with 0.',
  positionals: [],
  options: [
    ...filters,
    {
      ...{ name: 'status', value: 'CLASS', choices: ['2xx', '3xx', '4xx', '5xx', 'none'] },
      description: 'only answers like that; none: there was no answer',
    },
    { name: 'since', value: 'TIME', description: 'begin there (10m, 2026-04-28T00:00:00Z); now by default' },
    { name: 'count', value: 'COUNT', description: 'end after so many' },
  ],
  examples: ['scanhook deliveries tail', 'scanhook deliveries tail --webhook 42 --status 5xx -o json'],
  run: async (input, session) => {
    const since = input.text('since')
    const from = since === undefined ? null : timeOf('since', since, session.nowMs())
    const countMax = numberOf('count', input.text('count'), {
      fallback: Number.MAX_SAFE_INTEGER,
      min: 1,
      max: 1e9,
    })
    const status = input.text('status')
    const given = {
      ...filtersOf(input.text('webhook'), input.text('type')),
      ...(status === undefined ? {} : { status_class: [status as '5xx'] }),
    }
    const api = await session.api()
    const enough = new AbortController()
    const signal = AbortSignal.any([session.interrupted, enough.signal])
    let count = 0
    const show = (attempt: Attempt): void => {
      if (count >= countMax) return
      session.out(attemptLine(session, attempt))
      count += 1
      if (count >= countMax) enough.abort()
    }
    await follow(session, { api, given, from, signal, show })
    return exitCodes.ok
  },
}

interface Following {
  readonly api: ScanhookClient
  readonly given: ReturnType<typeof filtersOf> & { status_class?: '5xx'[] }
  /** RFC 3339: what began since then is shown first. Null: what comes from now on. */
  readonly from: string | null
  readonly signal: AbortSignal
  readonly show: (attempt: Attempt) => void
}

/**
 * The stream says first whether it goes on. Where it does not, the log is asked for what was before: what is in neither came after
 * the stream was opened, and what is in both is shown once.
 */
async function follow(session: Session, { api, given, from, signal, show }: Following): Promise<void> {
  let isFirst = true
  let wasConnected = false
  let isPolled = false
  /** Where it took a while to find out that no stream comes, it begins with what came meanwhile. */
  const begunAt = new Date(session.nowMs()).toISOString()
  let known: ReadonlySet<string> = new Set()
  // Pages of the log are asked for between messages, which wait for them.
  let order = Promise.resolve()
  const take = async ({ event, data }: StreamMessage): Promise<void> => {
    const told: unknown = JSON.parse(data)
    if (event === 'attempt') {
      const attempt = told as Attempt
      if (!known.has(keyOf(attempt))) show(attempt)
      return
    }
    if (event !== 'open' || (told as { is_continued: boolean }).is_continued) return
    if (!isFirst) session.say('too much happened meanwhile: some attempts are left out\n')
    else if (from !== null || isPolled) known = await showSince(api, given, from ?? begunAt, show)
    isFirst = false
  }
  const failed = Promise.withResolvers<void>()
  const over = new AbortController()
  const following = followStream({
    answersEveryMs,
    open: async (after, inner, how) => {
      const query = {
        ...given,
        ...(after === undefined ? {} : { after }),
        ...(how === 'answers' ? { once: true } : {}),
      }
      const asked = api.GET('/api/v1/attempts/stream', {
        ...{ params: { query }, parseAs: 'stream' as const, signal: inner },
      })
      const { data, error, response } = await reached(asked)
      if (!response.ok || data === undefined || data === null) throw refusalOf(response.status, error)
      return data as unknown as ReadableStream<Uint8Array>
    },
    // What was never reached may be no Scanhook at all.
    isFinal: (error) =>
      error instanceof CliError && !(wasConnected && mayPass.some((code) => code === error.exitCode)),
    onMessages: (messages) => {
      for (const message of messages)
        order = order
          .then(() => take(message))
          // What breaks off because somebody ended it is no failure.
          .catch((error: unknown) => (signal.aborted ? undefined : failed.reject(error)))
    },
    onConnected: (how) => {
      if (how === 'answers') session.say(`${noStream}\n`)
      else if (how === 'stream' && wasConnected) session.say('connected again\n')
      wasConnected ||= how !== null
      isPolled = how === 'answers'
    },
    place: {},
    signal: AbortSignal.any([signal, over.signal]),
    after: session.after,
    random: Math.random,
  })
  try {
    await Promise.race([following, failed.promise])
    await order
  } finally {
    // What is shown no more is followed no more: an open stream would keep the process.
    over.abort()
  }
}

/** As often as the console asks. */
const answersEveryMs = 3_000
/** Away, or asked to come again. */
const mayPass: readonly number[] = [exitCodes.unreachable, exitCodes.failed]
/** 20,000: more is what `deliveries list` and the console are for. */
const pagesMax = 100

/** Shows what began since then, the oldest first; gives what it was. */
async function showSince(
  api: ScanhookClient,
  given: Following['given'],
  from: string,
  show: (attempt: Attempt) => void,
): Promise<ReadonlySet<string>> {
  const all: Attempt[] = []
  let cursor: string | null = null
  for (let page = 0; page === 0 || (cursor !== null && page < pagesMax); page += 1) {
    const query = { ...given, limit: 200, from }
    const asked = api.GET('/api/v1/attempts', {
      params: { query: cursor === null ? query : { ...query, cursor } },
    })
    const answer: { data: readonly Attempt[]; next_cursor: string | null } = await answerOf(asked)
    all.push(...answer.data)
    cursor = answer.next_cursor
  }
  for (const attempt of all.toReversed()) show(attempt)
  return new Set(all.map(keyOf))
}

function keyOf({ delivery_id: delivery, started_at: at, attempt_number: number }: Attempt): string {
  return `${delivery} ${at} ${number}`
}

function attemptLine({ output }: Session, attempt: Attempt): string {
  if (output === 'json') return `${JSON.stringify(attempt)}\n`
  if (output === 'quiet') return `${attempt.delivery_id}\n`
  const { started_at: at, event_type: type, response_status: status, error_class: error } = attempt
  const why = attempt.explanation === null ? '' : `  ${attempt.explanation}`
  return `${printable(`${at}  ${attempt.webhook_id}  ${type}  [${status ?? error}]  #${attempt.attempt_number} ${attempt.disposition}  ${attempt.delivery_id}${why}`)}\n`
}

const resend: Command = {
  path: ['resend'],
  summary: 'Send deliveries again, now: one, or all that are like that',
  details:
    'The same event byte for byte, under the same ids; it has a chain of attempts of its own. With options instead of an id all that they mean are sent, as a job that is paced and goes on without us; it is shown to its end, unless --no-wait is given, and what ends otherwise than done is exit code 1. Ctrl-C leaves the job to itself, and says where it is seen.',
  positionals: [{ name: 'DELIVERY', description: 'its id', isOptional: true }],
  options: [
    ...filters,
    { name: 'state', value: 'STATE', choices: ['pending', 'delivered', 'dead'], description: 'only those' },
    {
      ...{ name: 'status', value: 'CLASS', choices: ['2xx', '3xx', '4xx', '5xx', 'none'] },
      description: 'only those whose last answer was like that',
    },
    { name: 'since', value: 'TIME', description: 'made from then on: 2h, 7d, 2026-04-28T00:00:00Z' },
    { name: 'until', value: 'TIME', description: 'made until then; now by default' },
    { name: 'per-second', value: 'COUNT', description: 'as many a second at most, 100 by default' },
    { name: 'dry-run', description: 'only say how many' },
    { name: 'no-wait', description: 'end when the job is made' },
  ],
  examples: [
    'scanhook resend 0b9d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69',
    'scanhook resend --state dead --webhook 42 --since 24h --dry-run',
    'scanhook resend --state dead --webhook 42 --since 24h',
  ],
  run: async (input, session) => {
    const what = resendOf(input, session.nowMs())
    const api = await session.api()
    if (input.has('dry-run')) return previewResend(api, what, session)
    if (what.kind === 'one') return resendOne(api, what.id, session)
    const params = madeOnce(session)
    const { filter, pace } = what
    const body = { filter, ...(pace === null ? {} : { deliveries_per_second: pace }) }
    const { data: job } = await askAgain(session, makeTriesMax, () =>
      answerOf(api.POST('/api/v1/deliveries/resend', { params, body })),
    )
    return showJob(session, api, { made: job, isWaited: !input.has('no-wait') })
  },
}

type Resend =
  | { readonly kind: 'one'; readonly id: string }
  | {
      readonly kind: 'all'
      readonly filter: ReturnType<typeof resendFilterOf>
      /** Deliveries a second; null: as the API has it. */
      readonly pace: number | null
    }

/** Throws CliError for words that name nothing, or more than one thing. */
function resendOf(input: Input, nowMs: number): Resend {
  const [id] = input.positionals
  const filter = resendFilterOf(input, nowMs)
  const isFiltered = Object.keys(filter).length > 0
  if ((id !== undefined) === isFiltered)
    throw new CliError(
      exitCodes.usage,
      'name one delivery, or say which with --state, --webhook and the like',
    )
  const pace = input.text('per-second')
  if (id === undefined)
    return {
      ...{ kind: 'all', filter },
      pace: pace === undefined ? null : numberOf('per-second', pace, { fallback: 100, min: 1, max: 10_000 }),
    }
  if (pace !== undefined || input.has('no-wait'))
    throw new CliError(
      exitCodes.usage,
      '--per-second and --no-wait are for a job; one delivery is sent at once',
    )
  return { kind: 'one', id }
}

async function previewResend(api: ScanhookClient, what: Resend, session: Session): Promise<number> {
  const body = what.kind === 'one' ? { delivery_ids: [what.id] } : { filter: what.filter }
  const { data } = await answerOf(api.POST('/api/v1/deliveries/resend/preview', { body }))
  session.out(
    renderOne(session.output, data, {
      id: (each) => each.count,
      columns: [{ title: 'deliveries', of: (each) => `${each.is_estimated ? 'about ' : ''}${each.count}` }],
    }),
  )
  return exitCodes.ok
}

function resendFilterOf(input: Input, nowMs: number) {
  const [state, status, since, until] = ['state', 'status', 'since', 'until'].map((name) => input.text(name))
  return {
    ...filtersOf(input.text('webhook'), input.text('type')),
    ...(state === undefined ? {} : { state: [state as 'dead'] }),
    ...(status === undefined ? {} : { status_class: [status as '5xx'] }),
    ...(since === undefined ? {} : { from: timeOf('since', since, nowMs) }),
    ...(until === undefined ? {} : { to: timeOf('until', until, nowMs) }),
  }
}

async function resendOne(api: ScanhookClient, id: string, session: Session): Promise<number> {
  const path = { delivery_id: id }
  const { data } = await answerOf(api.POST('/api/v1/deliveries/{delivery_id}/resend', { params: { path } }))
  session.out(
    renderOne(session.output, data, {
      id: (each) => each.delivery_id,
      columns: [
        { title: 'delivery', of: (each) => each.delivery_id },
        { title: 'webhook', of: (each) => each.webhook_id },
      ],
    }),
  )
  return exitCodes.ok
}

type Job = components['schemas']['Job']

/** What a person who waits looks at; a sixtieth of what a key may ask. */
const lookMs = 2_000

/** Whoever waits before the prompt hears within seconds that nothing answers. */
const makeTriesMax = 4

/** The header under which a job that was asked for twice, because the first answer was lost, is made once. */
function madeOnce({ newUuid }: Session) {
  return { header: { 'Idempotency-Key': newUuid() } }
}

interface ShownJob {
  readonly made: Job
  readonly isWaited: boolean
}

/** Until its end where it is waited for; its last state that we know is the answer. */
async function showJob(session: Session, api: ScanhookClient, { made, isWaited }: ShownJob): Promise<number> {
  if (!isWaited) {
    renderJob(session, made)
    return made.state === 'failed' ? exitCodes.failed : exitCodes.ok
  }
  // Before all else: whoever can not see its end would make another one.
  session.say(`job ${made.id}\n`)
  let job = made
  try {
    while (isUnderWay(job)) {
      await session.pause(lookMs)
      if (session.interrupted.aborted) break
      job = await lookAt(session, api, made.id)
      session.say(progressLine(job))
    }
  } finally {
    if (isUnderWay(job))
      session.say(
        `job ${job.id} goes on without us: GET /api/v1/jobs/${job.id} and the console show it; started again, it would be another one\n`,
      )
    renderJob(session, job)
  }
  if (isUnderWay(job)) return exitCodes.interrupted
  return job.state === 'done' ? exitCodes.ok : exitCodes.failed
}

function progressLine({ state, progress: { enqueued, total, percent } }: Job): string {
  const all = total === null ? '' : ` of ${total}`
  return `${state}, ${enqueued}${all} sent again${percent === null ? '' : `, ${percent} %`}\n`
}

const isUnderWay = ({ state }: Job): boolean => state === 'waiting' || state === 'running'

async function lookAt(session: Session, api: ScanhookClient, id: number): Promise<Job> {
  const { data } = await askAgain(session, lookTriesMax, () =>
    answerOf(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: id } } })),
  )
  return data
}

function renderJob(session: Session, job: Job): void {
  const skippedOf = (each: Job): number =>
    Object.values(each.progress.skipped).reduce((sum, count) => sum + count, 0)
  session.out(
    renderOne(session.output, job, {
      id: (each) => each.id,
      columns: [
        { title: 'job', of: (each) => each.id },
        { title: 'state', of: (each) => each.state },
        { title: 'sent again', of: (each) => each.progress.enqueued },
        { title: 'left out', of: skippedOf },
        { title: 'problem', of: (each) => each.error },
      ],
    }),
  )
}

const recover: Command = {
  path: ['recover'],
  summary: 'Send again what a webhook missed',
  details:
    'A job that is paced and goes on without us; --wait shows it to its end, and what ends otherwise than done is exit code 1. Ctrl-C leaves the job to itself, and says where it is seen.',
  positionals: [{ name: 'ENDPOINT', description: 'its id' }],
  options: [
    { name: 'since', value: 'TIME', description: 'from when on: 2h, 7d, 2026-04-28T00:00:00Z' },
    { name: 'until', value: 'TIME', description: 'until when; now by default' },
    {
      name: 'only',
      value: 'WHAT',
      choices: ['failed', 'missing', 'all'],
      description: 'what failed, what never became a delivery, or both (default)',
    },
    { name: 'wait', description: 'end when the job has ended' },
  ],
  examples: ['scanhook recover 42 --since 2h --wait'],
  run: async (input, session) => {
    const [since, until, only] = [input.text('since'), input.text('until'), input.text('only')]
    if (since === undefined) throw new CliError(exitCodes.usage, '--since is missing: from when on')
    const nowMs = session.nowMs()
    const params = { path: { webhook_id: idOf(input.positionals[0] ?? '') }, ...madeOnce(session) }
    const body = {
      since: timeOf('since', since, nowMs),
      ...(until === undefined ? {} : { until: timeOf('until', until, nowMs) }),
      only: (only ?? 'all') as 'all',
    }
    const api = await session.api()
    const { data: job } = await askAgain(session, makeTriesMax, () =>
      answerOf(api.POST('/api/v1/webhooks/{webhook_id}/recover', { params, body })),
    )
    return showJob(session, api, { made: job, isWaited: input.has('wait') })
  },
}

export const deliveryCommands: readonly Command[] = [list, show, curl, tail, resend, recover]
