/** `login`, `logout`, `whoami`. */
import { answerOf, reached } from '../answer-of.ts'
import type { Command, Input } from '../command.ts'
import type { Credential } from '../config-store.ts'
import { baseOf, defaultUrl, issueToken } from '../connect.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { renderOne } from '../render-rows.ts'
import type { Session } from '../session.ts'

export const loginCommand: Command = {
  path: ['login'],
  summary: 'Sign in, and remember it',
  details:
    'The key, the client secret or the portal link is read from the standard input, so that it stands in no history and no list of processes. It is kept in $XDG_CONFIG_HOME/scanhook/login.json, which its owner alone can read.',
  positionals: [],
  options: [
    { name: 'url', value: 'URL', description: `where the API is; ${defaultUrl} by default` },
    {
      name: 'client-id',
      value: 'ID',
      description: 'with client credentials: the secret is read, and tokens of 15 minutes are used',
    },
    {
      name: 'portal-link',
      description: 'with a link into the console: its token pl_… is read, and is used up by this',
    },
  ],
  examples: [
    'scanhook login --url https://scanhook.example.com < key.txt',
    'scanhook login --client-id 4287 < secret.txt',
  ],
  run: async (input, session) => {
    const url = baseOf(input.text('url') ?? session.env['SCANHOOK_URL'] ?? defaultUrl)
    session.say('paste the secret, then Ctrl-D:\n')
    const secret = (await session.readStdin()).toString().trim()
    if (secret === '') throw new CliError(exitCodes.usage, 'nothing came from the standard input')
    const credential = await credentialOf(input, url, secret, session)
    const token = credential.kind === 'api_key' ? credential.key : tokenOf(credential)
    const { openClient } = await import('@scanhook/client/open-client')
    const { data } = await answerOf(
      openClient({ url, key: token }).GET('/api/v1/orgs/me', { signal: session.interrupted }),
    )
    session.store.write({ url, credential })
    session.say(`signed in at ${url}; kept in ${session.store.file}\n`)
    session.out(renderOne(session.output, data, { id: (each) => each.id, columns: organizationColumns }))
    return exitCodes.ok
  },
}

const organizationColumns = [
  { title: 'organization', of: (each: { readonly name: string }) => each.name },
  { title: 'id', of: (each: { readonly id: number }) => each.id },
] as const as readonly {
  title: string
  of: (row: { readonly name: string; readonly id: number }) => unknown
}[]

async function credentialOf(
  input: Input,
  url: string,
  secret: string,
  { nowMs, interrupted }: Session,
): Promise<Credential> {
  const clientId = input.text('client-id')
  if (input.has('portal-link')) return sessionOf(url, secret, interrupted)
  if (clientId === undefined) return { kind: 'api_key', key: secret }
  const token = await issueToken(url, { clientId, clientSecret: secret }, { nowMs, signal: interrupted })
  return { kind: 'client', clientId, clientSecret: secret, token }
}

/** A link is pasted whole, or its token alone. */
async function sessionOf(url: string, link: string, signal: AbortSignal): Promise<Credential> {
  const token = /pl_[A-Za-z0-9_-]+/.exec(link)?.[0]
  if (token === undefined) throw new CliError(exitCodes.usage, 'there is no token pl_… in it')
  const { openClient } = await import('@scanhook/client/open-client')
  const { data } = await answerOf(
    reached(openClient({ url, key: 'none' }).POST('/api/v1/portal-sessions', { body: { token }, signal })),
  )
  return { kind: 'session', token: data.token, expiresAtMs: Date.parse(data.expires_at) }
}

function tokenOf(credential: Exclude<Credential, { kind: 'api_key' }>): string {
  return credential.kind === 'session' ? credential.token : (credential.token?.accessToken ?? '')
}

export const logoutCommand: Command = {
  path: ['logout'],
  summary: 'Forget the login',
  details: 'What was given to the API stays good there: withdraw a key with DELETE /api/v1/api-keys/{id}.',
  positionals: [],
  options: [],
  examples: ['scanhook logout'],
  run: async (_, session) => {
    session.say(session.store.remove() ? `${session.store.file} was removed\n` : 'nobody was signed in\n')
    return exitCodes.ok
  },
}

export const whoamiCommand: Command = {
  path: ['whoami'],
  summary: 'Say where commands go, and as whom',
  positionals: [],
  options: [],
  examples: ['scanhook whoami -o json'],
  run: async (_, session) => {
    const { url, source } = await session.whoami()
    const { data } = await answerOf((await session.api()).GET('/api/v1/orgs/me'))
    session.out(
      renderOne(
        session.output,
        { url, source, id: data.id, name: data.name },
        {
          id: (each) => each.id,
          columns: [
            { title: 'organization', of: (each) => each.name },
            { title: 'id', of: (each) => each.id },
            { title: 'url', of: (each) => each.url },
            { title: 'by', of: (each) => each.source },
          ],
        },
      ),
    )
    return exitCodes.ok
  },
}
