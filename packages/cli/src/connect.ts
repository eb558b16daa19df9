/** From environment, saved login and a demo that runs beside us to the API: where it is and with what it is asked. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ScanhookClient } from '@scanhook/client/open-client'
import { refusalOf, retryAfterMsOf } from './answer-of.ts'
import type { ConfigStore, Credential } from './config-store.ts'
import { CliError, exitCodes } from './exit-codes.ts'

export interface Connection {
  readonly url: string
  readonly credential: Credential
  readonly source: 'environment' | 'login' | 'demo'
}

export interface ConnectContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly store: ConfigStore
  readonly nowMs: () => number
}

export const defaultUrl = 'http://127.0.0.1:8080'
/** A token that ends within this is not begun with. */
const leewayMs = 30_000

/** The environment beats the login, and that the demo of `bin/up`. Throws CliError where there is none of them. */
export function findConnection({ env, folder, store }: ConnectContext): Connection {
  const url = env['SCANHOOK_URL']
  const key = env['SCANHOOK_API_KEY']
  const saved = store.read()
  if (key !== undefined && key !== '')
    return {
      url: baseOf(url ?? saved?.url ?? defaultUrl),
      credential: { kind: 'api_key', key },
      source: 'environment',
    }
  if (saved !== null) {
    // A key goes where it was given for, and nowhere else.
    if (url !== undefined && baseOf(url) !== saved.url)
      throw new CliError(
        exitCodes.forbidden,
        `you are signed in at ${saved.url}, not at ${url}: scanhook login --url ${url}`,
      )
    return { ...saved, source: 'login' }
  }
  const demo = findDemo(folder)
  if (demo !== null && (url === undefined || baseOf(url) === demo.url)) return demo
  throw new CliError(
    exitCodes.forbidden,
    'not signed in: scanhook login, or set SCANHOOK_URL and SCANHOOK_API_KEY; in a checkout bin/up brings a demo',
  )
}

/** Without a slash at its end. Throws CliError for what is no URL. */
export function baseOf(text: string): string {
  // Not URL.parse: Node 20 has none.
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CliError(exitCodes.usage, `${text} is no URL such as https://scanhook.example.com`)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** `.run/up.env`, which bin/up writes, in this folder or above it. */
function findDemo(folder: string): Connection | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, '.run', 'up.env')
    if (existsSync(file)) return demoOf(readFileSync(file, 'utf8'))
    if (dirname(at) === at) return null
  }
}

function demoOf(text: string): Connection | null {
  const named = new Map(
    text.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  )
  const [url, key] = [named.get('API_URL'), named.get('API_KEY')]
  if (url === undefined || key === undefined || key === '') return null
  return { url, credential: { kind: 'api_key', key }, source: 'demo' }
}

/** The API; tokens are fetched, and fetched again before they end. What is under way breaks off with the signal. */
export async function openApi(
  connection: Connection,
  { store, nowMs, signal }: ConnectContext & { readonly signal: AbortSignal },
): Promise<ScanhookClient> {
  const { openClient } = await import('@scanhook/client/open-client')
  const { url } = connection
  let { credential } = connection
  async function bearer(): Promise<string> {
    if (credential.kind === 'api_key') return credential.key
    if (credential.kind === 'session') {
      if (credential.expiresAtMs <= nowMs())
        throw new CliError(
          exitCodes.forbidden,
          'the session of the portal link is over: ask for another link',
        )
      return credential.token
    }
    const { token } = credential
    if (token !== null && token.expiresAtMs - leewayMs > nowMs()) return token.accessToken
    const fresh = await issueToken(url, credential, { nowMs, signal })
    credential = { ...credential, token: fresh }
    if (connection.source === 'login') keepToken(store, { url, credential })
    return fresh.accessToken
  }
  return openClient({
    url,
    key: 'set below',
    fetch: async (request) => {
      request.headers.set('authorization', `Bearer ${await bearer()}`)
      return fetch(request, { signal: AbortSignal.any([request.signal, signal]) })
    },
  })
}

/**
 * For the next command, where it is still the login that this one began with: meanwhile somebody may have signed out, or in as
 * somebody else. A file that can not be written costs the next command a token.
 */
function keepToken(
  store: ConfigStore,
  { url, credential }: { readonly url: string; readonly credential: ClientCredential },
): void {
  try {
    const saved = store.read()
    const isSame =
      saved?.credential.kind === 'client' &&
      saved.url === url &&
      saved.credential.clientId === credential.clientId &&
      saved.credential.clientSecret === credential.clientSecret
    if (isSame) store.write({ url, credential })
  } catch {
    // This command has its token.
  }
}

type ClientCredential = Extract<Credential, { kind: 'client' }>

interface Token {
  readonly accessToken: string
  readonly expiresAtMs: number
}

/** Throws CliError. */
export async function issueToken(
  url: string,
  { clientId, clientSecret }: Pick<ClientCredential, 'clientId' | 'clientSecret'>,
  { nowMs, signal }: { readonly nowMs: () => number; readonly signal: AbortSignal },
): Promise<Token> {
  const response = await fetch(`${url}/api/v1/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
    signal,
  }).catch(() => {
    throw new CliError(exitCodes.unreachable, `${url} can not be reached`, 0)
  })
  const answer = (await response.json().catch(() => ({}))) as { access_token?: string; expires_in?: number }
  if (response.status === 400 || response.status === 401)
    throw new CliError(
      exitCodes.forbidden,
      `${url} does not know these client credentials (${response.status})`,
    )
  // One that is away for a moment does not say that they are wrong: a listener comes again.
  if (!response.ok) throw refusalOf(response.status, answer, retryAfterMsOf(response))
  if (answer.access_token === undefined)
    throw new CliError(exitCodes.failed, `what answers at ${url} gives no access token: is the URL right?`)
  return { accessToken: answer.access_token, expiresAtMs: nowMs() + (answer.expires_in ?? 0) * 1_000 }
}
