/**
 * The list of deliveries in Chromium, and what can come between it and the API: a replica that goes away, a session that ends, a
 * proxy that lets no stream through.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { type Opened, openConsole, type Visit, violationsOn } from '../harness/console-in-browser.ts'
import { freePort } from '../harness/free-port.ts'
import { type Holding, type HoldingProxy, startHoldingProxy } from '../harness/holding-proxy.ts'
import { insertDead } from '../harness/insert-dead.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadlines only end a broken run.
vi.setConfig({ hookTimeout: 300_000, testTimeout: 300_000 })

const scopes = ['webhooks:read', 'webhooks:write']

interface Replica {
  readonly process: ServiceProcess
  readonly port: number
  readonly api: ApiClient
}

let opened: Opened
let a: Replica
let b: Replica
/** One address for both, as a Service of Kubernetes is: it leads to the replica that the test says. */
const target = { host: '127.0.0.1', port: 0 }
let balancer: TcpProxy
let balanced: ApiClient
let proxy: HoldingProxy
let proxied: ApiClient

beforeAll(async () => {
  const relay = await freePort()
  opened = await openConsole(['api', 'dispatcher', 'retry', 'recorder'], {
    env: {
      ...{ API_RELAY_URL: `http://127.0.0.1:${relay}`, API_RELAY_PORT: `${relay}` },
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  if (opened.console === null) return
  const { world } = opened.console
  a = { process: world.services.api, port: Number(world.env['API_PORT']), api: world.api }
  const port = await freePort()
  b = {
    port,
    process: await serviceProcess(
      'api',
      { ...world.env, API_PORT: `${port}`, API_RELAY_PORT: `${await freePort()}` },
      world.folder,
    ),
    api: apiClient(`http://127.0.0.1:${port}`, world.apiKey),
  }
  await b.process.start()
  target.port = a.port
  balancer = await startTcpProxy(target)
  balanced = apiClient(`http://127.0.0.1:${balancer.port}`, world.apiKey)
  proxy = await startHoldingProxy(world.api.url)
  proxied = apiClient(proxy.url, world.apiKey)
})
afterAll(async () => {
  await b?.process.kill()
  await balancer?.close()
  await proxy?.close()
  await opened?.console?.close()
})

async function makeWebhook(name: string): Promise<number> {
  if (opened.console === null) throw new Error('there is no console')
  const { receiver } = opened.console.world
  const { id } = await b.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
    ...{ url: receiver.url(`/${name}`), name },
  })
  return id
}

async function trigger(webhook: number, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const { status } = await b.api.call('POST', `/api/v1/webhooks/${webhook}/trigger`, {
      event_type: 'asset.moved',
    })
    expect(status).toBeLessThan(300)
  }
}

/** Paths with their queries that the page asks for, from now on. */
function asked(page: Page): readonly string[] {
  const all: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/v1/deliveries')) all.push(`${pathname.slice('/api/v1'.length)}${search}`)
  })
  return all
}

/** All are shown, each as one row. */
async function showsAll(page: Page, count: number): Promise<void> {
  await waitUntil(`${count} are shown`, async () => {
    const shown = await page
      .getByText(/shown, the newest first/)
      .textContent({ timeout: 1_000 })
      .catch(() => '')
    return shown?.startsWith(`${count} shown,`) === true
  })
  expect(await page.getByRole('table', { name: 'Deliveries' }).getAttribute('aria-rowcount')).toBe(
    `${count + 1}`,
  )
}

const live = (page: Page): Promise<void> => page.getByText('Live', { exact: true }).first().waitFor()

test('a stream that is cut at one replica goes on at the other from its place: no gap, no row twice', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const webhook = await makeWebhook('replicas')
  target.port = a.port
  const { page, wrong } = await opened.console.signIn(scopes, balanced)
  await page.goto(`${balanced.url}/console/deliveries?webhook=${webhook}`)
  await live(page)
  await trigger(webhook, 5)
  await showsAll(page, 5)
  const requests = asked(page)
  // The connection breaks, and what comes again comes to the other one, while deliveries go on.
  const during = trigger(webhook, 10)
  balancer.cut()
  target.port = b.port
  await page.getByText('Reconnecting', { exact: true }).waitFor()
  await during
  balancer.heal()
  await live(page)
  await showsAll(page, 15)
  // The process dies without a goodbye.
  const more = trigger(webhook, 10)
  target.port = a.port
  balancer.cut()
  balancer.heal()
  await more
  await showsAll(page, 25)
  const last = trigger(webhook, 5)
  const killed = a.process.kill()
  target.port = b.port
  await killed
  await last
  await live(page)
  await showsAll(page, 30)
  await a.process.start()
  expect(await page.getByText('some are left out').count()).toBe(0)
  // The stream alone told it, each time behind its place; the list was not asked for.
  expect(requests.filter((each) => !/^\/deliveries\/stream\?.*after=/.test(each))).toEqual([])
  expect(requests.length).toBeGreaterThanOrEqual(3)
  expect(wrong).toEqual([])
  await page.context().close()
})

interface Ended {
  /** Of Chromium; null: the answer ended as answers do. */
  readonly why: string | null
}

/** How the stream that is open now, or the next one, ends. */
function streamEnd(page: Page): Promise<Ended> {
  return new Promise((resolve) => {
    page.on('requestfailed', (request) => {
      if (request.url().includes('/deliveries/stream')) resolve({ why: request.failure()?.errorText ?? '' })
    })
    page.on('requestfinished', (request) => {
      if (request.url().includes('/deliveries/stream')) resolve({ why: null })
    })
  })
}

/** A stream as a page has it, but without its page: it ends when the API ends it. Resolves then. */
async function followBare(api: ApiClient, { page }: Pick<Visit, 'page'>): Promise<() => Promise<void>> {
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`)
  const response = await fetch(`${api.url}/api/v1/deliveries/stream`, {
    headers: { cookie: cookies.join('; '), 'x-scanhook-console': '1' },
  })
  expect(response.status).toBe(200)
  return async () => {
    // Cut off, not ended: it was not over.
    await expect(response.text()).rejects.toThrow()
  }
}

test('who signs out ends the streams of all tabs, and what they show', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const visit = await signIn(scopes)
  const other = await visit.page.context().newPage()
  for (const page of [visit.page, other]) {
    await page.goto(`${world.api.url}/console/deliveries`)
    await live(page)
  }
  const atOtherReplica = await followBare(b.api, visit)
  const [ended, endedThere] = [streamEnd(other), atOtherReplica()]
  const requests = asked(other)
  await visit.page.getByRole('button', { name: 'Sign out' }).click()
  await visit.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await other.getByRole('heading', { name: 'Sign in' }).waitFor()
  // The tab leaves by itself, before the API would end its stream or refuse the next one.
  expect(await ended).toEqual({ why: 'net::ERR_ABORTED' })
  expect(requests).toEqual([])
  expect(new URL(other.url()).searchParams.get('to')).toBe('/deliveries')
  await endedThere
  await visit.page.context().close()
})

test('a session that is revoked loses its streams at every replica, and its page says that it is over', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const visit = await signIn(scopes)
  await visit.page.goto(`${world.api.url}/console/deliveries`)
  await live(visit.page)
  const ended = streamEnd(visit.page)
  const bare = await Promise.all([a, b].map(({ api }) => followBare(api, visit)))
  const endedThere = Promise.all(bare.map((each) => each()))
  const links = await b.api.data<readonly { readonly id: number }[]>('GET', '/api/v1/portal-links')
  for (const { id } of links) await b.api.call('DELETE', `/api/v1/portal-links/${id}`)
  await visit.page.getByText('Your session is over').waitFor()
  // Not by the page: the API broke it off.
  expect((await ended).why).toMatch(/^net::ERR_(INCOMPLETE_CHUNKED_ENCODING|CONNECTION|EMPTY|FAILED)/)
  await endedThere
  await visit.page.context().close()
})

test.each([
  ['holds answers back until they are whole', 'answers', true],
  ['passes the headers on and holds back the rest', 'headers', true],
  ['forbids streams', 'forbidden', false],
] as const)(
  'behind a proxy that %s the list is asked for, says so, and is live again when streams get through',
  (_, holding, isOnceHad) => behindProxy(holding, isOnceHad),
)

async function behindProxy(holding: Holding, isOnceHad: boolean): Promise<void> {
  if (opened.console === null) return
  const { signIn } = opened.console
  const webhook = await makeWebhook(`proxy-${holding}`)
  const { page, wrong } = await signIn(scopes, proxied)
  // What waits for minutes waits for the test's word.
  await page.clock.install()
  proxy.hold(holding)
  await page.goto(`${proxied.url}/console/deliveries?webhook=${webhook}`)
  const polling = page.getByText('Not live: asked every 3 s', { exact: true })
  await pass(page, polling)
  expect(await page.getByText('Live', { exact: true }).count()).toBe(0)
  const requests = asked(page)
  await trigger(webhook, 5)
  await showsAll(page, 5)
  expect(await violationsOn(page)).toEqual([])
  await waitUntil('it is asked for again', () => requests.length >= 3)
  const isOfPolls = isOnceHad ? /^\/deliveries\/stream\?.*once=true/ : /^\/deliveries\?/
  expect(requests.filter((each) => isOfPolls.test(each)).length).toBeGreaterThan(0)
  if (isOnceHad) {
    // Once there is a place, what comes behind it is all that is asked for.
    await waitUntil('there is a place', () => requests.some(hasPlace))
    const behind = requests.slice(requests.findIndex(hasPlace))
    expect(behind.filter((each) => each.startsWith('/deliveries?'))).toEqual([])
  }
  proxy.hold('nothing')
  proxy.cut()
  const now = page.getByText('Live', { exact: true }).first()
  await pass(page, now)
  await trigger(webhook, 5)
  await showsAll(page, 10)
  expect(wrong).toEqual([])
  await page.context().close()
}

const hasPlace = (path: string): boolean => path.includes('after=')

/** Time passes in the page until it is there. */
async function pass(page: Page, awaited: ReturnType<Page['getByText']>): Promise<void> {
  await waitUntil('it is there', async () => {
    if (await awaited.isVisible()) return true
    await page.clock.fastForward(1_000)
    return false
  })
}

test('polled from its place, the list loses what its filter does not mean any more, as the stream would tell it', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const webhook = await makeWebhook('dead')
  await insertDead(world, webhook, 3)
  const { page, wrong } = await signIn(scopes, proxied)
  await page.clock.install()
  proxy.hold('answers')
  await page.goto(`${proxied.url}/console/deliveries?webhook=${webhook}&state=dead`)
  await showsAll(page, 3)
  await pass(page, page.getByText('Not live: asked every 3 s', { exact: true }))
  const [first] = await b.api.data<readonly { readonly id: string }[]>(
    'GET',
    `/api/v1/deliveries?webhook_id=${webhook}`,
  )
  expect((await b.api.call('POST', `/api/v1/deliveries/${first?.id}/resend`)).status).toBeLessThan(300)
  await showsAll(page, 2)
  proxy.hold('nothing')
  expect(wrong).toEqual([])
  await page.context().close()
})

test.each([
  ['holds answers back until they are whole', 'answers'],
  ['passes the headers on and holds back the rest', 'headers'],
] as const)(
  'behind a proxy that %s the inspector asks in answers that end, and shows each request once',
  (_, holding) => inspectBehind(holding),
)

async function inspectBehind(holding: Holding): Promise<void> {
  if (opened.console === null) return
  const { page, wrong } = await opened.console.signIn(scopes, proxied)
  await page.clock.install()
  proxy.hold(holding)
  await page.goto(`${proxied.url}/console/inspector`)
  const stream = page.waitForRequest((request) => request.url().endsWith('/requests'))
  await page.getByRole('button', { name: 'Start inspecting' }).click()
  await stream
  // The greeting of a stream that never comes is over; what is asked for then comes in its own time.
  await page.clock.fastForward(10_000)
  await page.getByText('Listening', { exact: true }).waitFor()
  for (const count of [1, 2, 3]) {
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText(`${count} arrived; the newest first.`).waitFor()
    // What it was answered with is what the sender heard: one that came too late would be sent again, and be a fourth.
    await waitUntil(
      'all are verified',
      async () => (await page.getByText('Verified', { exact: true }).count()) === count,
    )
  }
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Start inspecting' }).waitFor()
  proxy.hold('nothing')
  expect(wrong).toEqual([])
  await page.context().close()
}
