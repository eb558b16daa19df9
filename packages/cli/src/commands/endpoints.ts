/** `endpoints …`: the webhooks of the organization. */
import type { ScanhookClient } from '@scanhook/client/open-client'
import type { components } from '@scanhook/client/schema'
import { answerOf } from '../answer-of.ts'
import { askAgain, lookTriesMax } from '../ask-again.ts'
import type { Command, Input } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { idOf, numberOf } from '../read-words.ts'
import { renderOne, renderRows } from '../render-rows.ts'
import type { Session } from '../session.ts'

interface Endpoint {
  readonly id: number
  readonly name: string | null
  readonly url: string
  readonly state: string
  readonly status: string
  readonly profile: string
  readonly event_types: readonly string[]
  readonly secret: string | null
  readonly created_at: string
}

const id = (each: Endpoint): unknown => each.id
const columns = [
  { title: 'id', of: id },
  { title: 'name', of: (each: Endpoint) => each.name },
  { title: 'url', of: (each: Endpoint) => each.url },
  { title: 'state', of: (each: Endpoint) => each.state },
  { title: 'event types', of: (each: Endpoint) => each.event_types },
]
const allColumns = [
  ...columns,
  { title: 'status', of: (each: Endpoint) => each.status },
  { title: 'profile', of: (each: Endpoint) => each.profile },
  { title: 'secret', of: (each: Endpoint) => each.secret },
  { title: 'created', of: (each: Endpoint) => each.created_at },
]
const endpoint = { name: 'ENDPOINT', description: 'its id' }
const pathOf = (input: Input) => ({ params: { path: { webhook_id: idOf(input.positionals[0] ?? '') } } })

function show(session: Session, row: Endpoint): number {
  session.out(renderOne(session.output, row, { id, columns: allColumns }))
  return exitCodes.ok
}

const list: Command = {
  path: ['endpoints', 'list'],
  summary: 'List webhooks',
  positionals: [],
  options: [{ name: 'search', value: 'TEXT', description: 'a part of name, URL or description' }],
  examples: ['scanhook endpoints list', 'scanhook endpoints list -o quiet'],
  run: async (input, session) => {
    const q = input.text('search')
    const { data } = await answerOf(
      (await session.api()).GET('/api/v1/webhooks', {
        params: { query: { limit: 200, ...(q === undefined ? {} : { q }) } },
      }),
    )
    session.out(
      renderRows<Endpoint>(session.output, {
        rows: data,
        columns,
        id,
        none: 'there is no webhook; scanhook endpoints create URL makes one',
      }),
    )
    return exitCodes.ok
  },
}

const get: Command = {
  path: ['endpoints', 'show'],
  summary: 'Show a webhook',
  positionals: [endpoint],
  options: [],
  examples: ['scanhook endpoints show 42'],
  run: async (input, session) =>
    show(
      session,
      (await answerOf((await session.api()).GET('/api/v1/webhooks/{webhook_id}', pathOf(input)))).data,
    ),
}

const create: Command = {
  path: ['endpoints', 'create'],
  summary: 'Make a webhook; its secret is shown this once',
  positionals: [{ name: 'URL', description: 'where it receives, https' }],
  options: [
    {
      name: 'events',
      value: 'TYPES',
      isMultiple: true,
      description: 'event types or groups, comma-separated; all by default',
    },
    { name: 'name', value: 'NAME', description: 'how it is called in lists' },
    {
      name: 'profile',
      value: 'PROFILE',
      choices: ['standard', 'trakrf', 'trackberry'],
      description: 'how bodies and headers look; standard by default',
    },
  ],
  examples: ['scanhook endpoints create https://erp.example.com/hooks --events asset.moved --name ERP'],
  run: async (input, session) => {
    const types = input.texts('events').flatMap((each) => each.split(','))
    const [name, profile] = [input.text('name'), input.text('profile')]
    const { data } = await answerOf(
      (await session.api()).POST('/api/v1/webhooks', {
        body: {
          url: input.positionals[0] ?? '',
          ...(types.length === 0 ? {} : { event_types: types as never }),
          ...(name === undefined ? {} : { name }),
          ...(profile === undefined ? {} : { profile: profile as 'standard' }),
        },
      }),
    )
    return show(session, data)
  },
}

function switching(word: 'pause' | 'resume', summary: string): Command {
  return {
    path: ['endpoints', word],
    summary,
    positionals: [endpoint],
    options: [],
    examples: [`scanhook endpoints ${word} 42`],
    run: async (input, session) => {
      const body = { enabled: word === 'resume' }
      const api = await session.api()
      const { data } = await answerOf(api.PATCH('/api/v1/webhooks/{webhook_id}', { ...pathOf(input), body }))
      return show(session, data)
    },
  }
}

const remove: Command = {
  path: ['endpoints', 'delete'],
  summary: 'Delete a webhook',
  positionals: [endpoint],
  options: [],
  examples: ['scanhook endpoints delete 42'],
  run: async (input, session) => {
    await answerOf((await session.api()).DELETE('/api/v1/webhooks/{webhook_id}', pathOf(input)))
    session.say('deleted\n')
    return exitCodes.ok
  },
}

const rotate: Command = {
  path: ['endpoints', 'rotate'],
  summary: 'Make a new secret; it is shown this once, and the old one signs on for a while',
  positionals: [endpoint],
  options: [
    {
      name: 'overlap-hours',
      value: 'HOURS',
      description: 'for how long both sign, 24 by default; 0 ends the old one at once',
    },
  ],
  examples: ['scanhook endpoints rotate 42 --overlap-hours 48'],
  run: async (input, session) => {
    const hours = numberOf('overlap-hours', input.text('overlap-hours'), { fallback: 24, min: 0, max: 168 })
    const api = await session.api()
    const body = { overlap_hours: hours }
    const { data } = await answerOf(
      api.POST('/api/v1/webhooks/{webhook_id}/rotate-secret', { ...pathOf(input), body }),
    )
    return show(session, data)
  },
}

const check: Command = {
  path: ['endpoints', 'check'],
  summary: 'Send a valid, a tampered, a stale, an unsigned and a repeated request, and judge the answers',
  positionals: [endpoint],
  options: [],
  examples: ['scanhook endpoints check 42'],
  run: async (input, session) => {
    const api = await session.api()
    const { params } = pathOf(input)
    let { data } = await answerOf(api.POST('/api/v1/webhooks/{webhook_id}/check', { params }))
    const begun = { ...params.path, check_id: data.id }
    const sinceMs = session.nowMs()
    const passedMs = (): number => session.nowMs() - sinceMs
    while (data.state !== 'done' && passedMs() < endMaxMs && !session.interrupted.aborted) {
      await session.pause(checkAgainMs)
      if (session.interrupted.aborted) break
      data = (await lookAt(session, api, { path: begun, mayStart: passedMs() < startMaxMs })) ?? data
    }
    // What came so far judges nothing.
    if (data.state !== 'done') {
      session.say(
        `check ${data.id} is not over: GET /api/v1/webhooks/${begun.webhook_id}/checks/${data.id} shows what comes of it\n`,
      )
      return session.interrupted.aborted ? exitCodes.interrupted : exitCodes.failed
    }
    session.out(
      renderRows(session.output, {
        rows: data.findings,
        none: 'nothing was found out',
        id: (each) => `${each.name} ${each.verdict}`,
        columns: [
          { title: 'sent', of: (each) => each.name },
          { title: 'verdict', of: (each) => each.verdict },
          { title: 'what', of: (each) => each.message },
        ],
      }),
    )
    // While a secret is changed over: whether the old one may end.
    if (data.overlap !== null) session.say(`${data.overlap.message}\n`)
    return data.verdict === 'fail' ? exitCodes.failed : exitCodes.ok
  },
}

type Check = components['schemas']['WebhookCheck']

/** A series takes 35 s at the longest. */
const checkAgainMs = 2_000
/** A check is in the log with its first answer, which a silent receiver owes for 15 s at most (profiles); the rest is the way there. */
const startMaxMs = 45_000
/** Four series behind each other, and a crash that repeats one: what is not over by then is not being sent. */
const endMaxMs = 180_000

interface Begun {
  readonly path: { readonly webhook_id: number; readonly check_id: string }
  /** That the log does not have it yet is no failure. */
  readonly mayStart: boolean
}

/** Null: the log does not have it yet, or somebody interrupted. */
async function lookAt(
  session: Session,
  api: ScanhookClient,
  { path, mayStart }: Begun,
): Promise<Check | null> {
  try {
    const { data } = await askAgain(session, lookTriesMax, () =>
      answerOf(api.GET('/api/v1/webhooks/{webhook_id}/checks/{check_id}', { params: { path } })),
    )
    return data
  } catch (error) {
    const isUnknown = error instanceof CliError && error.exitCode === exitCodes.notFound
    if ((mayStart && isUnknown) || session.interrupted.aborted) return null
    throw error
  }
}

export const endpointCommands: readonly Command[] = [
  list,
  get,
  create,
  switching('pause', 'Let deliveries wait'),
  switching('resume', 'Deliver again'),
  rotate,
  check,
  remove,
]
