/** Commands from their words to their exit code, over an API that answers what a test says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { commandTable } from './command-table.ts'
import { configStore } from './config-store.ts'
import { exitCodes } from './exit-codes.ts'
import { run } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllGlobals())

interface Asked {
  readonly method: string
  readonly path: string
  readonly key: string | null
  readonly authorization: string | null
  readonly body: unknown
}
/** An answer; `away`: no connection; `held`: none, until the request is broken off. */
type Answer =
  | { readonly status: number; readonly body?: unknown; readonly retryAfterS?: number }
  | 'away'
  | 'held'

interface Given {
  readonly env?: Record<string, string>
  readonly stdin?: string
  /** Number of the pause in which Ctrl-C is pressed. */
  readonly interruptedInPause?: number
  readonly interrupted?: AbortController
}

/** `answer`: by the number of the request, from 0, and what was asked. */
async function scanhook(
  words: readonly string[],
  answer: (asked: Asked, index: number) => Answer,
  { env, stdin = '', interruptedInPause = 0, interrupted = new AbortController() }: Given = {},
) {
  const asked: Asked[] = []
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init)
    const body = await request.clone().text()
    const one: Asked = {
      method: request.method,
      path: new URL(request.url).pathname.replace('/api/v1', ''),
      key: request.headers.get('idempotency-key'),
      authorization: request.headers.get('authorization'),
      body: body === '' ? null : JSON.parse(body),
    }
    asked.push(one)
    const given = answer(one, asked.length - 1)
    if (given === 'away') throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') })
    if (given === 'held')
      return new Promise((_, reject) => {
        const breakOff = (): void => reject(new DOMException('This operation was aborted', 'AbortError'))
        if (request.signal.aborted) breakOff()
        request.signal.addEventListener('abort', breakOff)
      })
    const headers = given.retryAfterS === undefined ? {} : { 'retry-after': String(given.retryAfterS) }
    return Response.json(given.body ?? {}, { status: given.status, headers })
  })
  let [out, said, pauses, uuids, nowMs] = ['', '', 0, 0, 1_795_000_000_000]
  const code = await run(words, commandTable, {
    out: (text) => {
      out += text
    },
    say: (text) => {
      said += text
    },
    env: env ?? { SCANHOOK_URL: 'http://api.test', SCANHOOK_API_KEY: 'sk_1_x', XDG_CONFIG_HOME: '/nowhere' },
    folder,
    readStdin: async () => Buffer.from(stdin),
    interrupted: interrupted.signal,
    nowMs: () => nowMs,
    newUuid: () => {
      uuids += 1
      return `00000000-0000-4000-8000-${String(uuids).padStart(12, '0')}`
    },
    after: (_, act) => {
      const timer = setTimeout(act, 0)
      return () => clearTimeout(timer)
    },
    pause: async (delayMs) => {
      nowMs += delayMs
      pauses += 1
      if (pauses === interruptedInPause) interrupted.abort()
    },
    openTerminal: null,
    openUrl: () => undefined,
  })
  return { code, out, said, asked, lines: asked.map(({ method, path }) => `${method} ${path}`) }
}

const job = (state: string, enqueued = 0) => ({
  data: {
    id: 7,
    state,
    error: null,
    progress: { enqueued, total: 2, percent: 50, skipped: {} },
  },
})
const resendAll = ['resend', '--state', 'dead', '-o', 'quiet']

test('resend --dry-run sends nothing, of one delivery either', async () => {
  const preview = () => ({ status: 200, body: { data: { count: 1, is_estimated: false } } })
  const id = '0b9d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69'
  const one = await scanhook(['resend', id, '--dry-run', '-o', 'quiet'], preview)
  expect([one.code, one.out]).toEqual([0, '1\n'])
  expect(one.asked).toMatchObject([
    { method: 'POST', path: '/deliveries/resend/preview', body: { delivery_ids: [id] } },
  ])
  const many = await scanhook([...resendAll, '--dry-run'], preview)
  expect(many.asked).toMatchObject([
    { path: '/deliveries/resend/preview', body: { filter: { state: ['dead'] } } },
  ])
})

test.each([['--no-wait'], ['--per-second', '5']])(
  'resend of one delivery takes no %s: it would be passed over',
  async (...more) => {
    const { code, said, asked } = await scanhook(['resend', 'x', ...more], () => ({ status: 202 }))
    expect([code, said, asked]).toEqual([2, expect.stringContaining('are for a job'), []])
  },
)

test('a job is named before it is looked at, and looked at again when the API is away for a moment', async () => {
  const answers: Answer[] = [
    { status: 202, body: job('waiting') },
    'away',
    { status: 503 },
    { status: 429, retryAfterS: 3 },
    { status: 200, body: job('done', 2) },
  ]
  const { code, out, said, lines } = await scanhook(resendAll, (_, index) => answers[index] ?? 'away')
  expect([code, out]).toEqual([0, '7\n'])
  expect(said).toMatch(/^job 7\ndone, 2 of 2 sent again/)
  expect(lines).toEqual(['POST /deliveries/resend', ...Array(4).fill('GET /jobs/7')])
})

test('a job whose end can not be seen is the answer all the same, with what to do', async () => {
  const { code, out, said, lines } = await scanhook(resendAll, (_, index) =>
    index === 0 ? { status: 202, body: job('running', 1) } : { status: 502 },
  )
  expect([code, out, lines.length]).toEqual([exitCodes.unreachable, '7\n', 61])
  expect(said).toContain('job 7 goes on without us: GET /api/v1/jobs/7')
})

test.each([
  ['done', exitCodes.ok],
  ['failed', exitCodes.failed],
  ['paused', exitCodes.failed],
  ['cancelled', exitCodes.failed],
])('a job that was waited for and is %s ends with %i', async (state, code) => {
  for (const words of [resendAll, ['recover', '42', '--since', '2h', '--wait']])
    expect(
      await scanhook(words, (_, index) => ({ status: 202, body: job(index === 0 ? 'running' : state) })),
    ).toMatchObject({ code })
  expect(
    await scanhook(['recover', '42', '--since', '2h'], () => ({ status: 202, body: job('waiting') })),
  ).toMatchObject({ code: 0, said: '' })
})

test('Ctrl-C leaves a job to itself, and says where it is seen', async () => {
  const { code, out, said, lines } = await scanhook(
    resendAll,
    () => ({ status: 202, body: job('running') }),
    { interruptedInPause: 2 },
  )
  expect([code, out, lines.length]).toEqual([exitCodes.interrupted, '7\n', 2])
  expect(said).toContain('job 7 goes on without us: GET /api/v1/jobs/7')
})

test.each([
  ['resend', resendAll],
  ['recover', ['recover', '42', '--since', '2h', '-o', 'quiet']],
])('%s asks for a job again under one Idempotency-Key, so that it is made once', async (_, words) => {
  const answers: Answer[] = [
    'away',
    { status: 503 },
    // The first is under way.
    { status: 409, retryAfterS: 2 },
    { status: 202, body: job('done') },
  ]
  const { code, asked } = await scanhook(
    [...words],
    (_, index) => answers[index] ?? { status: 200, body: job('done') },
  )
  const made = asked.filter(({ method }) => method === 'POST')
  expect([code, made.length, new Set(made.map(({ key }) => key)).size, made[0]?.key]).toEqual([
    ...[0, 4, 1],
    expect.stringMatching(/^[0-9a-f-]{36}$/),
  ])
  const refused = await scanhook([...words], () => ({ status: 409 }))
  expect([refused.code, refused.asked.length]).toEqual([exitCodes.refused, 1])
})

test('a time that is none sends nothing', async () => {
  for (const words of [
    ['recover', '42', '--since', '2'],
    [...resendAll, '--until', 'last 3'],
  ]) {
    const { code, asked, said } = await scanhook(words, () => 'away')
    expect([code, asked]).toEqual([exitCodes.usage, []])
    expect(said).toMatch(/^--(since|until) is a time: .*; (2|last 3) is neither\n$/)
  }
})

const client = (clientId: string) => ({
  kind: 'client' as const,
  ...{ clientId, clientSecret: `secret of ${clientId}` },
  token: { accessToken: 'old', expiresAtMs: 0 },
})
function signedIn(name: string) {
  const env = { XDG_CONFIG_HOME: join(folder, name) }
  const store = configStore(env)
  store.write({ url: 'http://api.test', credential: client('1') })
  return { env, store }
}
const organization = { status: 200, body: { data: { id: 1, name: 'Acme' } } }
const fresh = { status: 200, body: { access_token: 'fresh', expires_in: 900 } }

test('a fresh token is kept where it belongs: a login that was made or ended meanwhile stays as it is', async () => {
  const { env, store } = signedIn('kept')
  const others = { url: 'http://other.test', credential: client('2') }
  const whoami = (meanwhile: () => void) =>
    scanhook(
      ['whoami', '-o', 'quiet'],
      ({ path }) => {
        if (path !== '/oauth/token') return organization
        meanwhile()
        return fresh
      },
      { env },
    )
  const kept = await whoami(() => undefined)
  expect([kept.code, kept.asked[1]?.authorization]).toEqual([0, 'Bearer fresh'])
  expect(store.read()?.credential).toMatchObject({ clientId: '1', token: { accessToken: 'fresh' } })
  const again = () => store.write({ url: 'http://api.test', credential: client('1') })
  again()
  expect((await whoami(() => store.write(others))).code).toBe(0)
  expect(store.read()).toEqual(others)
  again()
  const sameUrl = { url: 'http://api.test', credential: { ...client('1'), clientSecret: 'renewed' } }
  expect((await whoami(() => store.write(sameUrl))).code).toBe(0)
  expect(store.read()).toEqual(sameUrl)
  again()
  expect((await whoami(() => void store.remove())).code).toBe(0)
  expect(store.read()).toBeNull()
  again()
  // What can not be read can not be written either, and is none of this command's business.
  expect((await whoami(() => writeFileSync(store.file, '{'))).code).toBe(0)
})

test.each([
  [400, exitCodes.forbidden],
  [401, exitCodes.forbidden],
  [429, exitCodes.unreachable],
  [503, exitCodes.unreachable],
  [500, exitCodes.failed],
])('%i where a token is asked for ends with %i', async (status, code) => {
  const { env } = signedIn(`token-${status}`)
  const ended = await scanhook(['whoami'], () => ({ status }), { env })
  expect([ended.code, ended.said.includes('does not know')]).toEqual([code, code === exitCodes.forbidden])
})

test('a listener stays when no token is to be had for a moment', async () => {
  const { env } = signedIn('listener')
  const listener = { status: 201, body: { data: { id: 9, secret: 'whsec_x' } } }
  const interrupted = new AbortController()
  let tokens = 0
  const { code, said, lines } = await scanhook(
    ['listen', '3000'],
    ({ method, path }) => {
      if (path === '/oauth/token') {
        tokens += 1
        // One that is over at once: the next request needs another.
        // Once as a stream, and once as an answer that ends.
        if (tokens === 2 || tokens === 3) return { status: 503 }
        if (tokens === 5) interrupted.abort()
        return { status: 200, body: { access_token: 'short', expires_in: 0 } }
      }
      if (method === 'DELETE') return { status: 200 }
      return path === '/listeners' ? listener : { status: 503 }
    },
    { env, interrupted },
  )
  expect([code, said]).toEqual([0, expect.stringContaining('webhook 9 was removed')])
  expect(lines.at(-1)).toBe('DELETE /webhooks/9')
})

test('the webhook of a listener is removed although all else was interrupted, within some seconds', async () => {
  const listener = { status: 201, body: { data: { id: 9, secret: 'whsec_x' } } }
  for (const last of [{ status: 200 }, 'held'] as const) {
    const interrupted = new AbortController()
    const { code, said, lines } = await scanhook(
      ['listen', '3000'],
      ({ method, path }) => {
        if (path === '/listeners') return listener
        if (method === 'DELETE') return last
        interrupted.abort()
        return 'held'
      },
      { interrupted },
    )
    expect([code, said]).toEqual([0, last === 'held' ? '' : 'webhook 9 was removed\n'])
    expect(lines.at(-1)).toBe('DELETE /webhooks/9')
  }
})

test('Ctrl-C breaks off what is under way, with 130', async () => {
  const interrupted = new AbortController()
  const ended = await scanhook(
    ['whoami'],
    () => {
      queueMicrotask(() => interrupted.abort())
      return 'held'
    },
    { interrupted },
  )
  expect([ended.code, ended.said]).toEqual([exitCodes.interrupted, 'interrupted\n'])
})

const reads = (count: number): string =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({ device: 'r', tag: { value: `${index}` } }),
  ).join('\n')
const takenBy = ({ body }: Asked) => ({
  status: 202,
  body: { data: { accepted: (body as unknown[]).length, duplicates: 0, dropped: 0, rejected: [] } },
})

test('replay that is interrupted says how far it came, and ends with 1', async () => {
  const interrupted = new AbortController()
  const { code, out, said } = await scanhook(
    ['replay', '-', '--batch', '2', '-o', 'json'],
    (asked, index) => {
      if (index === 1) interrupted.abort()
      return takenBy(asked)
    },
    { stdin: reads(6), interrupted },
  )
  expect([code, said]).toEqual([1, '4 of 6 sent\n'])
  expect(JSON.parse(out)).toMatchObject({ sent: 4, accepted: 4 })
})

test('replay that may not go on says what it has sent before', async () => {
  const { code, out, said } = await scanhook(
    ['replay', '-', '--batch', '2', '-o', 'json'],
    (asked, index) => (index === 0 ? takenBy(asked) : { status: 403 }),
    { stdin: reads(6) },
  )
  expect([code, JSON.parse(out)]).toEqual([exitCodes.forbidden, expect.objectContaining({ sent: 2 })])
  expect(said).toMatch(/^2 of 6 sent\n/)
  expect(await scanhook(['replay', '-'], takenBy, { stdin: reads(6) })).toMatchObject({ code: 0, said: '' })
})

test('replay sends each batch under a key of its own, the same when it is sent again', async () => {
  const { code, asked } = await scanhook(
    ['replay', '-', '--batch', '2'],
    (one, index) => (index === 1 ? { status: 502 } : takenBy(one)),
    { stdin: reads(4) },
  )
  const [first, second, again] = asked.map(({ key }) => key)
  expect([code, asked.length, again === second, first === second]).toEqual([0, 3, true, false])
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
})

const checked = (state: string, verdict: string | null) => ({
  status: 200,
  body: { data: { id: 'c-1', state, verdict, findings: [], overlap: null } },
})

test('endpoints check waits for a check that the log does not have yet, and not for ever', async () => {
  const later = await scanhook(['endpoints', 'check', '42'], (_, index) => {
    if (index === 0) return { ...checked('running', null), status: 202 }
    return index < 5 ? { status: 404 } : checked('done', 'pass')
  })
  expect([later.code, later.asked.length]).toEqual([0, 6])
  const never = await scanhook(['endpoints', 'check', '42'], (_, index) =>
    index === 0 ? { ...checked('running', null), status: 202 } : { status: 404 },
  )
  expect([never.code, never.asked.length]).toEqual([exitCodes.notFound, 24])
  const failing = await scanhook(['endpoints', 'check', '42'], () => checked('done', 'fail'))
  expect(failing.code).toBe(1)
})

test('endpoints check that does not come to its end is a failure, and says where it is seen', async () => {
  const { code, out, said } = await scanhook(['endpoints', 'check', '42'], () => checked('running', null))
  expect([code, out]).toEqual([exitCodes.failed, ''])
  expect(said).toMatch(/^check c-1 is not over: GET \/api\/v1\/webhooks\/42\/checks\/c-1 shows/)
})

test('endpoints check that is interrupted does not say that all is well', async () => {
  const running = { ...checked('running', null), status: 202 }
  const ended = await scanhook(['endpoints', 'check', '42'], () => running, { interruptedInPause: 2 })
  expect([ended.code, ended.out]).toEqual([exitCodes.interrupted, ''])
  expect(ended.said).toContain('GET /api/v1/webhooks/42/checks/c-1')
})
