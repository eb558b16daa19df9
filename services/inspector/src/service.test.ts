import { openLog } from '@scanhook/observability/log'
import { startService } from '@scanhook/runtime/start-service'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { afterEach, expect, test } from 'vitest'
import { inspectorService } from './service.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

async function start(env: Record<string, string> = {}): Promise<string> {
  let url = ''
  const log = openLog({
    name: 'inspector',
    level: 'info',
    write: (line) => {
      const entry = JSON.parse(line) as { msg: string; url?: string }
      if (entry.msg === 'inspector.opened') url = entry.url ?? ''
    },
  })
  const { stop } = await startService(inspectorService, { INSPECTOR_PORT: '0', ...env }, { log })
  stops.push(stop)
  return url
}

interface Shown {
  readonly id: number
  readonly bin: string
  readonly received_at: string
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly status: number
  readonly verified: boolean | null
  readonly verified_by: string[]
  readonly problem: string | null
}

async function requests(url: string, query = ''): Promise<Shown[]> {
  return ((await (await fetch(`${url}/requests${query}`)).json()) as { data: Shown[] }).data
}

async function post(url: string, body: unknown, method = 'POST'): Promise<Response> {
  return fetch(url, { method, body: JSON.stringify(body) })
}

const body =
  '{"id":"evt","type":"asset.moved","timestamp":"2026-04-28T00:33:38.021Z","data":{"name":"Gabelstapler Ü"}}'

function signed(
  profile: 'standard' | 'trakrf' | 'trackberry',
  secret: string,
  timestampS: number,
): Record<string, string> {
  return signHeaders({
    profile,
    messageId: 'evt',
    deliveryId: 'dlv',
    eventType: 'asset.moved',
    timestampS,
    body,
    secrets: [secret],
    ...(profile === 'trackberry' ? { headerPrefix: 'Acme' } : {}),
  })
}

const nowS = (): number => Math.floor(Date.now() / 1000)

test('a signed webhook is shown as verified, with everything that came', async () => {
  const secret = newSecret()
  const url = await start({ INSPECTOR_BINS: `demo:${secret}` })
  const answer = await fetch(`${url}/in/demo/path?q=1`, {
    method: 'POST',
    body,
    headers: signed('trakrf', secret, nowS()),
  })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  const [shown] = await requests(url)
  expect(shown).toMatchObject({
    id: 1,
    bin: 'demo',
    received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    method: 'POST',
    path: '/in/demo/path?q=1',
    body,
    status: 200,
    verified: true,
    verified_by: ['standard', 'trakrf'],
    problem: null,
  })
  expect(shown?.headers['webhook-id']).toBe('evt')
})

test('a bin with a public key verifies Ed25519', async () => {
  const { privateKey, publicKey } = newSigningKey()
  const url = await start({ INSPECTOR_BINS: `demo:${publicKey}` })
  await post(`${url}/bins/other`, { secret: newSigningKey().publicKey }, 'PUT')
  for (const bin of ['demo', 'other']) {
    await fetch(`${url}/in/${bin}`, { method: 'POST', body, headers: signed('standard', privateKey, nowS()) })
  }
  const verdicts = (await requests(url)).map(({ bin, verified }) => [bin, verified])
  expect(verdicts).toEqual(
    expect.arrayContaining([
      ['demo', true],
      ['other', false],
    ]),
  )
})

test('a wrong secret, an old time, a missing signature and an unknown secret are told apart', async () => {
  const secret = newSecret()
  const url = await start()
  await post(`${url}/bins/known`, { secret }, 'PUT')
  const send = (bin: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/in/${bin}`, { method: 'POST', body, headers })
  await send('known', signed('trackberry', secret, nowS()))
  await send('known', signed('trackberry', newSecret(), nowS()))
  await send('known', signed('standard', secret, nowS() - 400))
  await send('known', {})
  await send('other', signed('standard', secret, nowS()))
  const shown = (await requests(url)).toReversed()
  expect(shown.map(({ verified, verified_by, problem }) => [verified, verified_by, problem])).toEqual([
    [true, ['standard', 'trackberry'], null],
    [
      false,
      [],
      'standard: the signature does not match body, time and secret; trackberry: the signature does not match body, time and secret',
    ],
    [false, [], 'standard: the timestamp is more than 5 minutes away from now'],
    [false, [], 'there is no signature header'],
    [null, [], 'the secret of this bin is not known'],
  ])
  const stats = (await (await fetch(`${url}/stats`)).json()) as { data: unknown }
  expect(stats.data).toEqual({
    received: 5,
    verified: 1,
    failed: 3,
    unchecked: 1,
    bins: {
      known: { received: 4, verified: 1, failed: 3, unchecked: 0 },
      other: { received: 1, verified: 0, failed: 0, unchecked: 1 },
    },
  })
})

test('a bin fails on purpose as often as it is told, then answers 200 again', async () => {
  const url = await start()
  await post(`${url}/bins/demo/behaviour`, { status: 503, count: 2, headers: { 'retry-after': '7' } })
  const answers = []
  for (let count = 0; count < 3; count += 1) {
    const answer = await post(`${url}/in/demo`, {})
    answers.push([answer.status, answer.headers.get('retry-after')])
  }
  expect(answers).toEqual([
    [503, '7'],
    [503, '7'],
    [200, null],
  ])
  await post(`${url}/bins/demo/behaviour`, { reset: true, count: 1 })
  await expect(post(`${url}/in/demo`, {})).rejects.toThrow()
  await post(`${url}/bins/demo/behaviour`, { delay_ms: 600_000 })
  await expect(fetch(`${url}/in/demo`, { method: 'POST', signal: AbortSignal.timeout(50) })).rejects.toThrow()
  expect((await requests(url))[0]).toMatchObject({ status: 200, method: 'POST' })
})

test('I1, I2: the last 1,000 are kept, newest first; limit, bin and after choose among them', async () => {
  const url = await start()
  for (let round = 0; round < 42; round += 1) {
    await Promise.all(Array.from({ length: 25 }, () => post(`${url}/in/many`, {})))
  }
  await post(`${url}/in/one`, {})
  const all = await requests(url, '?limit=1000')
  expect(all).toHaveLength(1000)
  expect([all[0]?.id, all.at(-1)?.id]).toEqual([1051, 52])
  expect(await requests(url, '?bin=one')).toHaveLength(1)
  expect((await requests(url, '?after=1049')).map(({ id }) => id)).toEqual([1051, 1050])
  expect(await requests(url)).toHaveLength(50)
  expect((await fetch(`${url}/requests?limit=0`)).status).toBe(400)
  await fetch(`${url}/requests`, { method: 'DELETE' })
  expect(await requests(url)).toEqual([])
})

test('wrong orders and wrong places are refused', async () => {
  const url = await start()
  const statuses = await Promise.all(
    [
      post(`${url}/bins/demo`, { secret: 'nope' }, 'PUT'),
      post(`${url}/bins/demo`, 'text', 'PUT'),
      post(`${url}/bins/demo/behaviour`, { status: 99 }),
      post(`${url}/bins/demo/behaviour`, { colour: 1 }),
      post(`${url}/bins/demo/behaviour`, { headers: { a: 'b\r\nc: d' } }),
      fetch(`${url}/bins/demo`),
      fetch(`${url}/nothing`),
      post(`${url}/in/a%20b`, {}),
      post(`${url}/requests`, {}),
      post(`${url}/in/demo`, 'x'.repeat(1024 * 1024)),
    ].map((answer) => answer.then(({ status }) => status)),
  )
  expect(statuses).toEqual([400, 400, 400, 400, 400, 405, 404, 404, 405, 413])
})

test('the page needs nothing from elsewhere and lets no webhook bring markup along', async () => {
  const url = await start()
  const page = await fetch(`${url}/`)
  const html = await page.text()
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(html).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|https?:\/\//)
  expect(html).toContain('textContent')
})
