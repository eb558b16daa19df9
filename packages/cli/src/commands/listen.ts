/** `listen`: deliveries to a server on this machine, over a connection that goes out. */
import { randomUUID } from 'node:crypto'
import type { Following } from '@scanhook/client/follow-stream'
import type { ScanhookClient } from '@scanhook/client/open-client'
import { answerOf, reached, refusalOf, retryAfterMsOf } from '../answer-of.ts'
import type { Command } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { openAnswers } from '../listening/bring-answers.ts'
import { forward } from '../listening/forward.ts'
import { type LoopPorts, listenLoop, noStream } from '../listening/listen-loop.ts'
import { openLiveScreen } from '../listening/live-screen.ts'
import type { LocalAnswer, RelayedRequest } from '../listening/relayed-request.ts'
import { printable } from '../printable.ts'
import type { Session } from '../session.ts'

const profiles = ['standard', 'trakrf', 'trackberry'] as const

export const listenCommand: Command = {
  path: ['listen'],
  summary: 'Receive real deliveries on this machine, without a public address',
  details:
    'Makes an ephemeral webhook, prints its secret, and forwards each delivery with its own bytes, headers and signature; what your server answers is what the sender hears, so a 500 is tried again. Ctrl-C removes the webhook; a listener that vanishes without a word is removed after five minutes. 64 KiB of an answer are brought back. In a terminal the deliveries are a list: j and k choose, d shows headers, body and answer, r sends it again, o opens it in the console, q ends. With --plain, through a pipe and with json they are lines.',
  positionals: [
    { name: 'PORT', description: 'a port of localhost, or a URL such as http://localhost:3000/hooks' },
  ],
  options: [
    { name: 'path', value: 'PATH', description: 'path of your receiver, / by default' },
    {
      name: 'events',
      value: 'TYPES',
      isMultiple: true,
      description: 'event types or groups, comma-separated; all by default',
    },
    {
      name: 'profile',
      value: 'PROFILE',
      choices: profiles,
      description: 'how bodies and headers look; standard by default',
    },
    { name: 'name', value: 'NAME', description: 'how the webhook is called in lists' },
    { name: 'plain', description: 'lines instead of a list with keys, in a terminal, too' },
  ],
  examples: [
    'scanhook listen 3000',
    'scanhook listen 3000 --path /webhooks --events asset.*,location.entered',
  ],
  run: async (input, session) => {
    const target = targetOf(input.positionals[0] ?? '', input.text('path'))
    const types = input
      .texts('events')
      .flatMap((each) => each.split(','))
      .filter((each) => each !== '')
    const profile = profiles.find((each) => each === input.text('profile'))
    const name = input.text('name')
    const leaving = new AbortController()
    const api = await session.api()
    // Opened now, with the same login; its only request is made when all others have broken off.
    const lastApi = await session.api(leaving.signal)
    const { data: webhook } = await answerOf(
      api.POST('/api/v1/listeners', {
        body: {
          ...(types.length === 0 ? {} : { event_types: types as never }),
          ...(profile === undefined ? {} : { profile }),
          ...(name === undefined ? {} : { name }),
        },
      }),
    )
    const { id, secret } = webhook
    try {
      const listening = { id, target, secret: secret ?? '' }
      const isList = session.output === 'table' && !input.has('plain')
      if (isList && session.openTerminal !== null) await listenOnScreen(session, api, listening)
      else await listenTo(session, api, { ...listening, told: tellers(session, listening) })
    } finally {
      const over = session.after(removeMaxMs, () => leaving.abort())
      await remove(session, lastApi, id)
      over()
    }
    return exitCodes.ok
  },
}

/** Throws CliError for what is neither a port nor a URL. */
export function targetOf(text: string, path: string | undefined): URL {
  const isPort = /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
  const base = isPort ? `http://localhost:${text}` : text
  let url: URL
  try {
    url = new URL(base)
  } catch {
    throw new CliError(
      exitCodes.usage,
      `${text} is neither a port nor a URL such as http://localhost:3000/hooks`,
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new CliError(exitCodes.usage, `${text} is no http or https URL`)
  if (path !== undefined) url.pathname = path
  return url
}

interface Listening {
  readonly id: number
  readonly target: URL
  readonly secret: string
}

/** The list with keys; its end is the end of listening. */
async function listenOnScreen(session: Session, api: ScanhookClient, listening: Listening): Promise<void> {
  const { url } = await session.whoami()
  const ended = new AbortController()
  const interrupted = AbortSignal.any([session.interrupted, ended.signal])
  const screen = openLiveScreen(session, {
    ...{ view: { webhookId: listening.id, secret: listening.secret, target: listening.target.href } },
    ...{
      quit: () => ended.abort(),
      resend: (request) => resend(api, { ...listening, told: screen.told, interrupted }, request),
    },
    pageOf: async (eventId) => {
      const delivery = await findDelivery(api, listening.id, eventId)
      return `${url}/console/${delivery === null ? `webhooks/${listening.id}` : `deliveries/${delivery.id}`}`
    },
  })
  const over = new Promise<void>((resolve) => interrupted.addEventListener('abort', () => resolve()))
  try {
    const pause = (delayMs: number): Promise<void> => Promise.race([session.pause(delayMs), over])
    await listenTo({ ...session, say: screen.note, interrupted, pause }, api, {
      ...listening,
      told: screen.told,
    })
  } finally {
    screen.close()
    session.out(`${screen.summary()}\n`)
  }
}

/** Null: the log does not have it yet, or it was several in one request. */
async function findDelivery(
  api: ScanhookClient,
  webhookId: number,
  eventId: string,
): Promise<{ readonly id: string; readonly trigger: string } | null> {
  // A batch has an id of another kind.
  if (!/^[0-9a-f-]{36}$/i.test(eventId)) return null
  const query = { webhook_id: [webhookId], event_id: [eventId], limit: 1 }
  const { data } = await answerOf(api.GET('/api/v1/deliveries', { params: { query } }))
  return data[0] ?? null
}

/**
 * What came of it, for people. A test delivery has no event in the log that could be sent again: the local server gets its bytes
 * once more, from here.
 */
async function resend(
  api: ScanhookClient,
  { id, target, told, interrupted }: Listening & Pick<LoopPorts, 'told' | 'interrupted'>,
  request: RelayedRequest,
): Promise<string> {
  const delivery = await findDelivery(api, id, request.eventId)
  if (delivery === null) return 'the log does not have it yet: try again in a second'
  if (delivery.trigger === 'test') {
    const again = { ...request, id: randomUUID() }
    told.came(again)
    const startedMs = performance.now()
    told.answered(again, await forward(target, again, interrupted), performance.now() - startedMs)
    return 'a test: your server got the same bytes again from here; the log knows nothing of it'
  }
  const path = { delivery_id: delivery.id }
  await answerOf(api.POST('/api/v1/deliveries/{delivery_id}/resend', { params: { path } }))
  return `${request.eventId} is sent again`
}

async function listenTo(
  session: Session,
  api: ScanhookClient,
  { id, target, told }: Listening & { readonly told: LoopPorts['told'] },
): Promise<void> {
  const { interrupted, pause } = session
  const path = { webhook_id: id }
  const answers = openAnswers({
    pause,
    isOver: () => interrupted.aborted,
    send: async (all) => {
      const { data, response } = await api.POST('/api/v1/listeners/{webhook_id}/answers', {
        params: { path },
        body: { answers: [...all] },
        signal: interrupted,
      })
      return { status: response.status, retryAfterMs: retryAfterMsOf(response), late: data?.data.late ?? [] }
    },
    onLate: (ids) =>
      session.say(
        `    too late for ${ids.length === 1 ? 'one answer' : `${ids.length} answers`}: the sender had given up\n`,
      ),
  })
  await listenLoop({
    interrupted,
    after: session.after,
    random: Math.random,
    monotonicMs: () => performance.now(),
    open: async (query, signal) => {
      const { data, error, response } = await reached(
        api.GET('/api/v1/listeners/{webhook_id}/requests', {
          ...{ params: { path, query }, parseAs: 'stream' as const, signal },
        }),
      )
      if (!response.ok || data === undefined || data === null) throw refusalOf(response.status, error)
      return data as unknown as ReadableStream<Uint8Array>
    },
    isFinal: (error) =>
      error instanceof CliError &&
      [exitCodes.notFound, exitCodes.forbidden, exitCodes.refused].some((code) => code === error.exitCode),
    forward: (request) => forward(target, request, interrupted),
    bring: answers.bring,
    told,
  })
}

function tellers(session: Session, { id, target, secret }: Listening) {
  const { output, out, say } = session
  const line = (value: unknown): void => out(`${JSON.stringify(value)}\n`)
  return {
    connected: (how: Following, isFirst: boolean): void => {
      if (how === 'answers') say(`    ${noStream}\n`)
      else if (!isFirst) say('    connected again\n')
      if (!isFirst) return
      if (output === 'json') line({ kind: 'ready', webhook_id: id, secret, forwards_to: target.href })
      else if (output === 'quiet') out(`${secret}\n`)
      else out(`Ready: webhook ${id}, secret ${secret}\nForwarding to ${target.href} (Ctrl-C ends it)\n`)
    },
    lost: (): void => say('    the connection broke off; coming again\n'),
    came: ({ eventType, eventId }: RelayedRequest): void => {
      if (output === 'json') line({ kind: 'request', event_type: eventType, event_id: eventId })
      else if (output === 'table') out(`--> ${printable(eventType)} [${printable(eventId)}]\n`)
    },
    answered: (
      { eventType, eventId }: RelayedRequest,
      { status, body }: LocalAnswer,
      tookMs: number,
    ): void => {
      const ms = Math.round(tookMs)
      if (output === 'json')
        line({ kind: 'answer', event_type: eventType, event_id: eventId, status, took_ms: ms })
      if (output !== 'table') return
      const why = status === 502 ? ` ${printable(body.toString().trim().slice(0, 200))}` : ''
      out(`<-- [${status}] ${ms} ms [${printable(eventId)}]${why}\n`)
    },
  }
}

/** Whoever pressed Ctrl-C waits for it. */
const removeMaxMs = 5_000

/** As well as it can be: what can not be removed now is removed after five minutes. */
async function remove(session: Session, api: ScanhookClient, id: number): Promise<void> {
  const deleted = await api
    .DELETE('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } } })
    .catch(() => null)
  if (deleted?.response.ok === true) session.say(`webhook ${id} was removed\n`)
}
