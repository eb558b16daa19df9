/** `deliveries …`, `resend`, `recover`: the log, and sending again. */
import type { ScanhookClient } from '@scanhook/client/open-client'
import { answerOf } from '../answer-of.ts'
import type { Command } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
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

/** Half of what a key may ask in a minute by default. */
const tailEveryMs = 2_000
/** The log is written in batches, not always in the order of attempts: what began shortly before is asked for again. */
const lookBackMs = 60_000

const tail: Command = {
  path: ['deliveries', 'tail'],
  summary: 'Show attempts as they are made, until Ctrl-C',
  details: 'Asks the log every two seconds; with json one attempt a line.',
  positionals: [],
  options: [
    ...filters,
    { name: 'since', value: 'TIME', description: 'begin there (10m, 2026-04-28T00:00:00Z); now by default' },
    { name: 'count', value: 'COUNT', description: 'end after so many' },
  ],
  examples: ['scanhook deliveries tail', 'scanhook deliveries tail --webhook 42 -o json'],
  run: async (input, session) => {
    const api = await session.api()
    const nowMs = session.nowMs()
    const since = input.text('since')
    const fromMs = since === undefined ? nowMs : Date.parse(timeOf('since', since, nowMs))
    const countMax = numberOf('count', input.text('count'), {
      fallback: Number.MAX_SAFE_INTEGER,
      min: 1,
      max: 1e9,
    })
    const given = filtersOf(input.text('webhook'), input.text('type'))
    const isNew = openSeen()
    let count = 0
    while (!session.interrupted.aborted && count < countMax) {
      const lookedBackMs = Math.max(fromMs, session.nowMs() - lookBackMs)
      const all = await attemptsSince(api, given, count === 0 ? fromMs : lookedBackMs)
      const fresh = all.filter((each) => isNew(each, lookedBackMs)).slice(0, countMax - count)
      for (const each of fresh) session.out(attemptLine(session, each))
      count += fresh.length
      if (count < countMax) await session.pause(tailEveryMs)
    }
    return exitCodes.ok
  },
}

/** 2,000 in a look of two seconds; of more the oldest are passed over. */
const pagesMax = 10

/** The oldest first. */
async function attemptsSince(
  api: ScanhookClient,
  given: ReturnType<typeof filtersOf>,
  fromMs: number,
): Promise<readonly Attempt[]> {
  const all: Attempt[] = []
  let cursor: string | null = null
  for (let page = 0; page === 0 || (cursor !== null && page < pagesMax); page += 1) {
    const query = { ...given, limit: 200, from: new Date(fromMs).toISOString() }
    const asked = api.GET('/api/v1/attempts', {
      params: { query: cursor === null ? query : { ...query, cursor } },
    })
    const answer: { data: readonly Attempt[]; next_cursor: string | null } = await answerOf(asked)
    all.push(...answer.data)
    cursor = answer.next_cursor
  }
  return all.reverse()
}

/** Whether an attempt was not shown yet. What began before `sinceMs` is not asked for again, and forgotten. */
function openSeen(): (attempt: Attempt, sinceMs: number) => boolean {
  const seen = new Map<string, number>()
  return ({ delivery_id: delivery, started_at: at, attempt_number: number }, sinceMs) => {
    const key = `${delivery} ${at} ${number}`
    if (seen.has(key)) return false
    seen.set(key, Date.parse(at))
    for (const [old, atMs] of seen) {
      if (atMs >= sinceMs - lookBackMs) break
      seen.delete(old)
    }
    return true
  }
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
  summary: 'Send a delivery again, now',
  details: 'The same event byte for byte, under the same ids; it has a chain of attempts of its own.',
  positionals: [{ name: 'DELIVERY', description: 'its id' }],
  options: [],
  examples: [
    'scanhook resend 0b9d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69',
    'scanhook deliveries list --state dead -o quiet | xargs -n1 scanhook resend',
  ],
  run: async (input, session) => {
    const path = { delivery_id: input.positionals[0] ?? '' }
    const api = await session.api()
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
  },
}

const recover: Command = {
  path: ['recover'],
  summary: 'Send again what a webhook missed',
  details: 'A job that is paced and goes on without us; --wait shows it to its end.',
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
    const api = await session.api()
    const [since, until, only] = [input.text('since'), input.text('until'), input.text('only')]
    if (since === undefined) throw new CliError(exitCodes.usage, '--since is missing: from when on')
    const nowMs = session.nowMs()
    let { data: job } = await answerOf(
      api.POST('/api/v1/webhooks/{webhook_id}/recover', {
        params: { path: { webhook_id: idOf(input.positionals[0] ?? '') } },
        body: {
          since: timeOf('since', since, nowMs),
          ...(until === undefined ? {} : { until: timeOf('until', until, nowMs) }),
          only: (only ?? 'all') as 'all',
        },
      }),
    )
    while (input.has('wait') && ['waiting', 'running'].includes(job.state) && !session.interrupted.aborted) {
      await session.pause(tailEveryMs)
      const path = { job_id: job.id }
      job = (await answerOf(api.GET('/api/v1/jobs/{job_id}', { params: { path } }))).data
      session.say(`${job.state}, ${job.progress.enqueued} sent again\n`)
    }
    session.out(
      renderOne(session.output, job, {
        id: (each) => each.id,
        columns: [
          { title: 'job', of: (each) => each.id },
          { title: 'state', of: (each) => each.state },
          { title: 'sent again', of: (each) => each.progress.enqueued },
          { title: 'problem', of: (each) => each.error },
        ],
      }),
    )
    return job.state === 'failed' ? exitCodes.failed : exitCodes.ok
  },
}

export const deliveryCommands: readonly Command[] = [list, show, tail, resend, recover]
