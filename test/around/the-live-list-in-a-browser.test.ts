/** The list of deliveries in Chromium while a hundred events a second come, the connection breaks, and many are sent again. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type AckedAtMs, publishSteadily } from '../bench/publish-steadily.ts'
import { shipment } from '../bench/shipment.ts'
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { type Opened, openConsole, type Visit, violationsOn } from '../harness/console-in-browser.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts'
import { waitUntil } from '../harness/wait-until.ts'
import type { World } from '../harness/world.ts'

// The first run on a machine fetches the browser; the deadlines only end a broken run.
vi.setConfig({ hookTimeout: 300_000, testTimeout: 300_000 })

const scopes = ['webhooks:read', 'webhooks:write', 'tracking:read']
/** Fifteen seconds of it. */
const eventsCount = 1_500
const perSecond = 100

let opened: Opened
let proxy: TcpProxy
/** The API as the browser reaches it: through what can be cut. */
let behind: ApiClient
let webhook = 0

beforeAll(async () => {
  opened = await openConsole(['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder', 'reconciler'])
  if (opened.console === null) return
  const { world } = opened.console
  proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(world.api.url).port) })
  behind = apiClient(`http://127.0.0.1:${proxy.port}`, world.apiKey)
  const made = await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/live'), name: 'Receiver', event_types: ['shipment.approved'] },
  })
  webhook = made.id
})
afterAll(async () => {
  await proxy?.close()
  await opened?.console?.close()
})

async function publish(world: World, name: string, count: number, acked: AckedAtMs): Promise<void> {
  const producer = await openTestKafka(world.env, `live-${name}`).openProducer()
  const make = (index: number) => shipment(world.prefix, world.orgId, `${name}-${index}`)
  await publishSteadily(producer, { perSecond, make, isOver: (index) => index >= count }, acked)
  await producer.close()
}

async function inLog(world: World): Promise<number> {
  const { body } = await world.api.call(
    'GET',
    `/api/v1/deliveries?limit=1&webhook_id=${webhook}&state=delivered`,
  )
  return Number(body['total_count'])
}

async function showsAll({ page }: Visit, count: number): Promise<void> {
  const said = `${count.toLocaleString('en')} shown, the newest first.`
  await waitUntil(`the list says: ${said}`, async () => {
    const shown = await page.getByText(/shown, the newest first/).textContent()
    return shown?.includes(said) === true
  })
  // Each is a row of its own: the table counts them by their ids, and its header.
  expect(await page.getByRole('table', { name: 'Deliveries' }).getAttribute('aria-rowcount')).toBe(
    `${count + 1}`,
  )
}

test('a hundred events a second over a connection that is cut: the list has all, holds still while it is read, and stays small', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn, anotherOrganization } = opened.console
  const [mine, theirs] = [await signIn(scopes, behind), await signIn(scopes, await anotherOrganization())]
  await theirs.page.goto(`${world.api.url}/console/deliveries`)
  await mine.page.goto(`${behind.url}/console/deliveries?webhook=${webhook}`)
  // The router hears of the new endpoint a little later.
  const acked: AckedAtMs = new Map()
  let tries = 0
  await waitUntil('the new endpoint gets events', async () => {
    tries += 1
    await publish(world, `first-${tries}`, 1, new Map())
    return world.receiver.received('/live').length > 0
  })
  await mine.page.getByText('Live', { exact: true }).first().waitFor()
  expect(await violationsOn(mine.page)).toEqual([])

  const publishing = publish(world, 'steady', eventsCount, acked)
  await waitUntil('a third is published', () => acked.size > eventsCount / 3)
  proxy.cut()
  await mine.page.getByText('Reconnecting', { exact: true }).waitFor()
  expect(await violationsOn(mine.page)).toEqual([])
  await waitUntil('half of it is published', () => acked.size > eventsCount / 2)
  proxy.heal()
  await mine.page.getByText('Live', { exact: true }).first().waitFor()

  const scroller = mine.page.getByRole('table', { name: 'Deliveries' }).locator('[tabindex="0"]')
  await scroller.evaluate((element) => {
    element.scrollTop = 1_000
  })
  await mine.page.getByText('Held while you read').waitFor()
  const held = await mine.page.getByText(/shown, the newest first/).textContent()
  // On a busy machine the steady ones may all be shown by now, so some more come while it is held.
  const whileHeld: AckedAtMs = new Map()
  await publish(world, 'while-held', 50, whileHeld)
  const waiting = mine.page.getByRole('button', { name: /^[\d,]+ new$/ })
  await waiting.waitFor()
  expect(await violationsOn(mine.page)).toEqual([])
  expect(await mine.page.getByText(/shown, the newest first/).textContent()).toBe(held)
  await waiting.click()
  await waitUntil('what waited is shown', async () => {
    const now = await mine.page.getByText(/shown, the newest first/).textContent()
    return now !== held
  })
  await publishing
  expect([acked.size, whileHeld.size]).toEqual([eventsCount, 50])
  // Those that came before the router knew the endpoint are no deliveries, so the receiver says how many there are.
  const sent = () =>
    new Set(world.receiver.received('/live').map(({ headers }) => headers['webhook-id'])).size
  await waitUntil('all are received', () => sent() >= eventsCount + 50 + 1)
  await waitUntil('and in the log', async () => (await inLog(world)) === sent())
  await waitUntil('the list shows all that there is', async () => {
    const shown = await mine.page.getByText(/shown, the newest first/).textContent()
    return shown?.includes(`${(await inLog(world)).toLocaleString('en')} shown`) === true
  })
  await showsAll(mine, await inLog(world))
  expect(await mine.page.getByText('some are left out').count()).toBe(0)
  // Of more than 1,500 rows those in view are in the page, and some around them.
  expect(await mine.page.locator('[data-row-index]').count()).toBeLessThan(60)
  await theirs.page.getByText('Nothing was delivered yet').waitFor()
  for (const { page, wrong } of [mine, theirs]) {
    expect(wrong).toEqual([])
    await page.close()
  }
})

test('the API is restarted while the list is open: it goes on, and nothing is missed', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const visit = await signIn(scopes, behind)
  const before = await inLog(world)
  await visit.page.goto(`${behind.url}/console/deliveries?webhook=${webhook}`)
  await visit.page.getByText('Live', { exact: true }).first().waitFor()
  const shownBefore = await visit.page.getByText(/shown, the newest first/).textContent()
  expect((await world.services.api.terminate()).code).toBe(0)
  await visit.page.getByText('Reconnecting', { exact: true }).waitFor()
  await publish(world, 'meanwhile', 300, new Map())
  await waitUntil('they are delivered', () => world.receiver.received('/live').length >= before + 300)
  await world.services.api.start()
  await visit.page.getByText('Live', { exact: true }).first().waitFor()
  await waitUntil('they are in the log', async () => (await inLog(world)) === before + 300)
  // The first page had 200, or all.
  await showsAll(visit, Number.parseInt(shownBefore ?? '', 10) + 300)
  expect(visit.wrong).toEqual([])
  await visit.page.close()
})

test('all that a filter means are sent again by a job, which goes on while somebody looks elsewhere', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  const count = await inLog(world)
  const sentBefore = world.receiver.received('/live').length
  await page.goto(`${world.api.url}/console/deliveries?webhook=${webhook}&state=delivered`)
  // From the keyboard: all that are shown, then all that match.
  const all = page.getByRole('checkbox', { name: 'Choose all that are shown' })
  await all.focus()
  await page.keyboard.press('Space')
  await page.getByText(/^All [\d,]+ that are shown are chosen\.$/).waitFor()
  expect(
    await page
      .getByRole('checkbox', { name: /^Choose delivery / })
      .first()
      .isChecked(),
  ).toBe(true)
  await page
    .getByRole('button', { name: `Choose all ${count.toLocaleString('en')} that match these filters` })
    .focus()
  await page.keyboard.press('Enter')
  await page.getByText(`All ${count.toLocaleString('en')} that match these filters are chosen.`).waitFor()
  expect(await violationsOn(page)).toEqual([])
  // One that is taken away is not meant any more, and neither are those that are not shown.
  await page
    .getByRole('checkbox', { name: /^Choose delivery / })
    .first()
    .uncheck()
  await page.getByRole('button', { name: /^Send [\d,]+ again$/ }).waitFor()
  expect(await all.evaluate((box) => (box as unknown as { indeterminate: boolean }).indeterminate)).toBe(true)
  await page.getByRole('button', { name: 'Choose none' }).click()
  await page.getByRole('button', { name: 'Send all that match again' }).click()
  await page
    .getByRole('dialog')
    .getByText(`${count.toLocaleString('en')}`, { exact: true })
    .waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: `Send ${count.toLocaleString('en')} again` }).click()
  const progress = page.getByRole('progressbar', { name: /Progress of the job/ })
  await progress.waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: /^Pause the job/ }).click()
  await page.getByRole('region', { name: 'Being sent again' }).getByText('Paused', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await progress.waitFor()
  await page.getByRole('button', { name: /^Resume the job/ }).click()
  await page
    .getByRole('region', { name: 'Being sent again' })
    .getByText('Done', { exact: true })
    .waitFor({ timeout: 120_000 })
  await waitUntil(
    'each is received once more',
    () => world.receiver.received('/live').length >= sentBefore + count,
  )
  const times = new Map<string, number>()
  for (const { headers } of world.receiver.received('/live')) {
    const id = String(headers['webhook-id'])
    times.set(id, (times.get(id) ?? 0) + 1)
  }
  expect([...times.values()].filter((each) => each < 2)).toEqual([])
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Put it away' }).click()
  await page.getByRole('region', { name: 'Being sent again' }).waitFor({ state: 'detached' })
  const download = page.waitForEvent('download')
  await page.goto(`${world.api.url}/console/deliveries?webhook=${webhook}`)
  await page.getByRole('button', { name: 'Export NDJSON' }).click()
  const file = await (await download).createReadStream()
  let text = ''
  for await (const chunk of file) text += String(chunk)
  expect(text.trim().split('\n')).toHaveLength(count)
  expect(wrong).toEqual([])
  await page.close()
})
