/** `scanhook` over a whole Scanhook of processes: from nothing to a received, verified webhook in two commands, and what else it does. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CommandOptions, type Ended, runCommand, startCommand } from '../harness/command-line.ts'
import { startForwardProxy } from '../harness/forward-proxy.ts'
import { freePort } from '../harness/free-port.ts'
import { startFront } from '../harness/front.ts'
import type { Script } from '../harness/receiver.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, runStep, startServices, type World } from '../harness/world.ts'

interface Delivery {
  readonly id: string
  readonly state: string
  readonly attempts: readonly {
    readonly response_status: number | null
    readonly response_body: string | null
    readonly request_body: string
  }[]
}

let world: World
let at: CommandOptions

beforeAll(async () => {
  const relay = await freePort()
  world = await openWorld({
    timeScale: 20,
    env: {
      API_RELAY_URL: `http://127.0.0.1:${relay}`,
      API_RELAY_PORT: `${relay}`,
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  await startServices(world, ['api', 'producer', 'dispatcher', 'retry', 'recorder'])
  // As bin/up leaves it: whoever works in the checkout is signed in at the demo.
  mkdirSync(join(world.folder, '.run'))
  writeFileSync(join(world.folder, '.run/up.env'), `API_URL=${world.api.url}\nAPI_KEY=${world.apiKey}\n`)
  at = { cwd: world.folder }
})
afterAll(async () => {
  await world?.close()
})

const scanhook = (...words: readonly string[]): Promise<Ended> => runCommand(words, at)
/** What it printed; it must have gone well. */
async function said(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await scanhook(...words)
  expect([code, stderr]).toEqual([0, ''])
  return stdout.trim()
}
const deliveryOf = (id: string): Promise<Delivery | undefined> =>
  world.api.call('GET', `/api/v1/deliveries/${id}`).then(({ body }) => body['data'] as Delivery | undefined)

async function delivered(id: string): Promise<Delivery> {
  let found: Delivery | undefined
  await waitUntil('the log says delivered', async () => {
    found = await deliveryOf(id)
    return found?.state === 'delivered'
  })
  return found as Delivery
}

/** As the Standard Webhooks library says. */
function verifying(secret: string, status = 200): Script {
  return (request) => {
    verifyStandard({ ...request, answered: null }, secret)
    return { status }
  }
}

test('two commands lead from nothing to a received, verified webhook: listen and trigger', async () => {
  const listening = startCommand(['listen', `${world.receiver.port}`, '--path', '/local'], at)
  const secret = await listening.printed(/secret (whsec_\S+)/)
  world.receiver.script('/local', verifying(secret))
  const triggered = await scanhook(
    'trigger',
    'asset.moved',
    '--set',
    'asset.external_key=FORK-9',
    '-o',
    'quiet',
  )
  expect(triggered).toMatchObject({ code: 0, stderr: '' })
  await listening.printed(/(<-- \[200\])/)
  const [received, ...others] = world.receiver.received('/local')
  expect(others).toEqual([])
  expect(received?.headers).toMatchObject({
    'content-type': 'application/json',
    host: `localhost:${world.receiver.port}`,
  })
  const body = JSON.parse(received?.body ?? '{}')
  expect(body).toMatchObject({ type: 'asset.moved', data: { asset: { external_key: 'FORK-9' } } })
  expect(listening.stdout()).toContain(`--> asset.moved [${body.id}]`)
  const logged = await delivered(triggered.stdout.trim())
  expect(logged.attempts).toMatchObject([
    { response_status: 200, response_body: '{"ok":true}', request_body: received?.body },
  ])
  listening.signal('SIGINT')
  expect((await listening.ended).code).toBe(0)
  expect(await world.api.data('GET', '/api/v1/webhooks')).toEqual([])
})

test('what the local server refuses is tried again, and so is what came while nobody listened', async () => {
  const listening = startCommand(['listen', `${world.receiver.port}`, '--path', '/refusing'], at)
  const id = await listening.printed(/Ready: webhook (\d+)/)
  world.receiver.script('/refusing', (_, nth) => ({ status: nth === 1 ? 500 : 204 }))
  const first = await said('trigger', 'shipment.approved', '-o', 'quiet')
  const logged = await delivered(first)
  expect(logged.attempts.map((each) => each.response_status)).toEqual([500, 204])
  // Without a word: no webhook is deleted.
  listening.signal('SIGKILL')
  await listening.ended
  const second = await said('trigger', 'shipment.approved', '--webhook', id, '-o', 'quiet')
  await waitUntil('an attempt found nobody', async () =>
    ((await deliveryOf(second))?.attempts ?? []).some((each) => each.response_status === 503),
  )
})

test('a listener goes on when the API was restarted, and gets what it missed', async () => {
  const listening = startCommand(['listen', `${world.receiver.port}`, '--path', '/patient'], at)
  const id = await listening.printed(/Ready: webhook (\d+)/)
  await world.services.api.terminate()
  await world.services.api.start()
  const sent = await said('trigger', 'document.uploaded', '--webhook', id, '-o', 'quiet')
  expect(await delivered(sent)).toMatchObject({ state: 'delivered' })
  expect(world.receiver.received('/patient').length).toBeGreaterThan(0)
  listening.signal('SIGINT')
  expect((await listening.ended).code).toBe(0)
})

test('the way to the API leads through the proxy that the environment names, and the way to one’s own server does not', async () => {
  const proxy = await startForwardProxy(
    new Map([['scanhook.example:8080', Number(new URL(world.api.url).port)]]),
  )
  const behind = {
    ...at,
    env: {
      HTTP_PROXY: proxy.url,
      SCANHOOK_URL: 'http://scanhook.example:8080',
      SCANHOOK_API_KEY: world.apiKey,
    },
  }
  try {
    const listening = startCommand(['listen', `${world.receiver.port}`, '--path', '/behind'], behind)
    await listening.printed(/(Ready)/)
    expect((await runCommand(['trigger', 'asset.moved'], behind)).code).toBe(0)
    await listening.printed(/(<-- \[200\])/)
    listening.signal('SIGINT')
    expect((await listening.ended).code).toBe(0)
    expect(new Set(proxy.asked())).toEqual(new Set(['scanhook.example:8080']))
    // The demo on this machine is asked directly, whatever the environment says.
    const before = proxy.asked().length
    expect((await runCommand(['endpoints', 'list'], { ...at, env: { HTTP_PROXY: proxy.url } })).code).toBe(0)
    expect(proxy.asked()).toHaveLength(before)
    const elsewhere = { ...behind, env: { ...behind.env, SCANHOOK_URL: 'http://elsewhere.example' } }
    expect((await runCommand(['endpoints', 'list'], elsewhere)).code).toBe(5)
  } finally {
    await proxy.close()
  }
})

test('signed in by a key on the standard input: webhooks, the log, sending again, explaining a signature', async () => {
  const login = await runCommand(['login', '--url', world.api.url], { ...at, stdin: `${world.apiKey}\n` })
  expect([login.code, `${login.stdout}${login.stderr}`.includes(world.apiKey)]).toEqual([0, false])
  expect(JSON.parse(await said('whoami', '-o', 'json'))).toMatchObject({ source: 'login', id: world.orgId })
  const { id, secret } = JSON.parse(
    await said('endpoints', 'create', world.receiver.url('/direct'), '--events', 'asset.*', '-o', 'json'),
  )
  expect(await said('endpoints', 'list', '-o', 'quiet')).toContain(String(id))
  expect(await said('endpoints', 'pause', String(id))).toContain('paused')
  expect((await scanhook('trigger', 'asset.moved', '--webhook', String(id))).code).toBe(6)
  expect(await said('endpoints', 'resume', String(id))).not.toContain(secret)
  const delivery = await said('trigger', 'asset.scanned', '--webhook', String(id), '-o', 'quiet')
  await delivered(delivery)
  expect(await said('deliveries', 'show', delivery)).toContain('200')
  expect(await said('deliveries', 'list', '--webhook', String(id), '-o', 'quiet')).toBe(delivery)
  expect(
    await said(
      'deliveries',
      'tail',
      '--since',
      '10m',
      '--webhook',
      String(id),
      '--count',
      '1',
      '-o',
      'quiet',
    ),
  ).toBe(delivery)

  const [received] = world.receiver.received('/direct')
  const headers = Object.entries(received?.headers ?? {}).map(([name, value]) => `${name}: ${value}`)
  const verify = (body: string, key: string): Promise<Ended> =>
    runCommand(['verify', '--explain'], {
      ...at,
      env: { SCANHOOK_SECRET: key },
      stdin: `${headers.join('\r\n')}\r\n\r\n${body}`,
    })
  const body = received?.body ?? ''
  expect(await verify(body, secret)).toMatchObject({ code: 0, stdout: expect.stringContaining('holds') })
  const rewritten = await verify(JSON.stringify(JSON.parse(body), null, 2), secret)
  expect(rewritten).toMatchObject({ code: 1, stdout: expect.stringContaining('body_rewritten') })
  const wrong = await verify(body, `whsec_${Buffer.alloc(32, 7).toString('base64')}`)
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('likely_secret') })

  expect((await scanhook('deliveries', 'show', '00000000-0000-4000-8000-000000000000')).code).toBe(4)
  const away = { ...at, env: { SCANHOOK_URL: 'http://127.0.0.1:1', SCANHOOK_API_KEY: 'sk_1_x' } }
  expect((await runCommand(['whoami'], away)).code).toBe(5)
  const stranger = { ...at, env: { SCANHOOK_URL: world.api.url, SCANHOOK_API_KEY: 'sk_1_x' } }
  expect((await runCommand(['whoami'], stranger)).code).toBe(3)
  expect((await scanhook('endpoints', 'delete', String(id))).code).toBe(0)
})

test('reads in: a warehouse is simulated, a file is replayed, a record is judged before; also by the bundle on its own', async () => {
  const front = await startFront({ api: world.api.url, producer: world.producerUrl })
  // As behind an ingress, or in the all-in-one process: one address for both.
  const before = at
  at = { ...at, env: { SCANHOOK_URL: front.url, SCANHOOK_API_KEY: world.apiKey } }
  const simulated = JSON.parse(
    await said('simulate', '--readers', '3', '--tags', '5', '--rate', '50', '--seconds', '2', '-o', 'json'),
  )
  expect(simulated.accepted).toBe(simulated.sent)
  expect(simulated.sent).toBeGreaterThan(50)
  const read = { id: 'a', device: 'reader-1-1', antenna_port: 1, tag: { value: 'E5CA00010000000000000000' } }
  const event = { id: 'e', type: 'check.completed', data: {} }
  const lines = [read, { ...read, id: 'b' }].map((each) => JSON.stringify(each)).join('\n')
  writeFileSync(join(world.folder, 'reads.ndjson'), lines)
  writeFileSync(join(world.folder, 'wrong.json'), JSON.stringify(event))
  expect((await scanhook('validate', 'reads.ndjson')).stdout).toContain('2 × scan')
  expect(JSON.parse(await said('replay', 'reads.ndjson', '-o', 'json'))).toMatchObject({
    sent: 2,
    accepted: 2,
  })
  expect(JSON.parse(await said('replay', 'reads.ndjson', '-o', 'json'))).toMatchObject({
    sent: 2,
    duplicates: 2,
  })
  expect(await scanhook('validate', 'wrong.json')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('data.'),
  })

  const bundle = join(world.folder, 'scanhook.mjs')
  await runStep('packages/cli/build-main.ts', [bundle], {})
  const alone = { ...at, file: bundle }
  expect(await runCommand(['validate', '--offline', 'reads.ndjson'], alone)).toMatchObject({ code: 0 })
  expect(await runCommand(['validate', '--offline', 'wrong.json'], alone)).toMatchObject({
    ...{ code: 1, stdout: expect.stringContaining('data.') },
  })
  expect(JSON.parse((await runCommand(['whoami', '-o', 'json'], alone)).stdout)).toMatchObject({
    id: world.orgId,
  })
  at = before
  await front.close()
})
