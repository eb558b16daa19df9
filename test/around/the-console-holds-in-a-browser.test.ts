/**
 * What a person meets beside the screens themselves, in Chromium: a lost connection, a session that is over, a right that is
 * missing, an address that leads nowhere; where the focus goes; long lists; and what is left of the link that signed them in.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ApiClient } from '../harness/api-client.ts'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'
import { exampleOf, listScreenPaths } from '../harness/console-screens.ts'
import { type Furnished, furnishHostile, markup } from '../harness/furnish-hostile.ts'
import { insertDead } from '../harness/insert-dead.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

const scopes = [
  'assets:read',
  'locations:read',
  'tracking:read',
  'webhooks:read',
  'webhooks:write',
  'keys:admin',
]

let opened: Opened
let ids: Furnished = {}

beforeAll(async () => {
  opened = await openConsole(['api'])
  if (opened.console !== null) ids = await furnishHostile(opened.console.world)
})
afterAll(() => opened?.console?.close())

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`,
  )

test('offline: it says so, and of when what stands there is; back online it asks again by itself', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/assets`)
  await page.getByRole('row').nth(1).waitFor()
  await page.context().setOffline(true)
  await page.getByText(/^You are offline\. What you see is of \d/).waitFor()
  expect(await page.getByRole('row').count()).toBeGreaterThan(1)
  expect(await violationsOn(page)).toEqual([])
  // A screen whose code has not come yet.
  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByText('The code of this screen could not be loaded').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.context().setOffline(false)
  await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor()
  await page.getByRole('row').nth(1).waitFor()
  expect(await page.getByText('You are offline').count()).toBe(0)

  await page.getByRole('link', { name: 'Assets' }).click()
  await page.getByRole('row').nth(1).waitFor()
  await page.context().setOffline(true)
  await page.getByText('You are offline').waitFor()
  await page.getByLabel('Order').selectOption({ label: 'name' })
  await page.getByText('Offline: the assets can’t be asked for').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('row').nth(1).waitFor()
  expect(wrong).toEqual([])
  await page.context().close()
})

test('a session that is over: sign in again, and be back at the same list with the same filters', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, token } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/deliveries?state=dead&code=5xx`)
  await page.getByRole('row').nth(1).waitFor()
  const links = await world.api.data<readonly { readonly id: number }[]>('GET', '/api/v1/portal-links')
  for (const { id } of links) await world.api.call('DELETE', `/api/v1/portal-links/${id}`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByText('Your session is over').waitFor()
  expect(await violationsOn(page)).toEqual([])
  // The link that brought them here was for one use.
  await page.getByLabel('API key').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('That is not valid').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByLabel('API key').fill(world.apiKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Deliveries', level: 1 }).waitFor()
  expect(new URL(page.url()).search).toBe('?state=dead&code=5xx')
  await page.context().close()
})

test('of two organizations in the tabs of one browser only the one that was signed in to last is shown, and the other session is over', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn, anotherOrganization } = opened.console
  const { page } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/assets`)
  await page.getByRole('row').nth(1).waitFor()
  const [before] = await page.context().cookies()
  const theirs = await anotherOrganization()
  const other = await page.context().newPage()
  await other.goto(`${world.api.url}/console/sign-in#token=${await linkOf(theirs)}`)
  await other.getByText('Other', { exact: true }).first().waitFor()
  await page.getByText('Other', { exact: true }).first().waitFor()
  await page.getByRole('link', { name: 'Assets' }).click()
  await page.getByRole('heading', { name: /^No asset/ }).waitFor()
  const old = await fetch(`${world.api.url}/console/session`, {
    headers: { cookie: `scanhook-session=${before?.value ?? ''}`, 'x-scanhook-console': '1' },
  })
  expect(old.status).toBe(401)
  // A link of the organization that is shown takes nobody away from what they look at.
  await other.goto(`${world.api.url}/console/sign-in`)
  await page.getByRole('link', { name: 'Locations' }).click()
  await page.getByRole('heading', { name: 'Locations', level: 1 }).waitFor()
  // Opened where the sign-in stands already, it is a step within the page.
  await other.goto(`${world.api.url}/console/sign-in#token=${await linkOf(theirs)}`)
  await other.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
  expect(other.url()).not.toContain('token')
  expect(new URL(page.url()).pathname).toBe('/console/locations')
  await page.context().close()
})

async function linkOf(api: ApiClient): Promise<string> {
  const { token } = await api.data<{ token: string }>('POST', '/api/v1/portal-links', { scopes })
  return token
}

test('where nothing is sent, a check says that it takes longer, and looks rarely from then on', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page } = await signIn(scopes)
  await page.clock.install()
  await page.goto(`${world.api.url}/console/webhooks/${ids['webhookId']}?tab=testing`)
  const looks: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/checks/')) looks.push(request.url())
  })
  // Signed and in Kafka; this world has no dispatcher.
  await page.getByRole('button', { name: 'Check the endpoint' }).click()
  await waitUntil('it is looked at', () => looks.length > 0)
  const late = page.getByText('It takes longer than usual')
  await waitUntil('it is late', async () => {
    await page.clock.fastForward(1_000)
    return late.isVisible()
  })
  expect(await violationsOn(page)).toEqual([])
  const before = looks.length
  for (let seconds = 0; seconds < 30; seconds += 1) await page.clock.runFor(1_000)
  expect(looks.length - before).toBeLessThanOrEqual(8)
  await page.context().close()
})

test('where a scope is missing, the screen says which; what is not there is said to be not there', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page } = await signIn(['webhooks:read'])
  const missing = [
    ['/assets', 'assets:read'],
    ['/assets/$assetId', 'assets:read'],
    ['/locations', 'locations:read'],
    ['/locations/$locationId', 'locations:read'],
    ['/events', 'tracking:read'],
    ['/events/$eventId', 'tracking:read'],
    ['/unknown-tags', 'tracking:read'],
    ['/api-keys', 'keys:admin'],
    ['/audit-log', 'keys:admin'],
  ] as const
  for (const [path, scope] of missing) {
    await page.goto(`${world.api.url}/console${exampleOf(path, ids)}`)
    await page.getByText(`Your session lacks the scope ${scope}.`).first().waitFor()
    expect(await violationsOn(page), path).toEqual([])
  }
  const gone: Furnished = {
    webhookId: '1',
    deliveryId: '01234567-89ab-4cde-8f01-23456789abcd',
    eventType: 'no.such',
  }
  for (const path of (await listScreenPaths()).filter((each) => /webhookId|deliveryId/.test(each))) {
    await page.goto(`${world.api.url}/console${exampleOf(path, gone)}`)
    await page.getByRole('heading', { name: 'It is not there', level: 1 }).waitFor()
    expect(await page.title()).toBe('It is not there – Scanhook')
    expect(await violationsOn(page), path).toEqual([])
  }
  await page.goto(`${world.api.url}/console/no/such/screen`)
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
  expect(await page.title()).toBe('There is nothing here – Scanhook')
  expect(await violationsOn(page)).toEqual([])
  await page.context().close()
})

test('the focus: past the navigation at a press, at the heading after a step, kept in a dialog and given back by it', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { page } = await opened.console.signIn(scopes)
  await page.reload()
  await page.getByRole('row').nth(1).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Add Webhook Endpoint')
  for (const name of ['Assets', 'Audit log']) {
    await page.getByRole('link', { name, exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name, level: 1 }).waitFor()
    await waitUntil('the heading has the focus', async () => (await focused(page)) === name)
  }
  // A screen whose heading comes with what is loaded.
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click()
  await page.getByRole('row').nth(1).getByRole('link').focus()
  await page.keyboard.press('Enter')
  await waitUntil(
    'the heading has the focus',
    async () => (await focused(page)) === 'shipment.created delivery',
  )
  expect(await page.title()).toBe('shipment.created delivery – Scanhook')

  await page.getByRole('link', { name: 'API keys' }).click()
  const opener = page.getByRole('button', { name: 'New key' })
  await opener.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  const inside = `document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)`
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(inside)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused(page)).toBe('New key')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.context().close()
})

test('10,000 deliveries: all are reached by scrolling, and few rows are in the page', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { id } = await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/long'), name: 'Long' },
  })
  await insertDead(world, id, 10_000)
  const { page } = await signIn(['webhooks:read'])
  await page.goto(`${world.api.url}/console/deliveries?webhook=${id}`)
  await page.getByRole('row').nth(1).waitFor()
  let rowsInPage = 0
  await waitUntil('all are in the list', async () => {
    const [count, inPage] = await page.evaluate<[number, number]>(`(() => {
      const table = document.querySelector('[role=table]');
      const scroller = table.querySelector('[tabindex="0"]');
      scroller.scrollTop = scroller.scrollHeight;
      return [Number(table.getAttribute('aria-rowcount')), table.querySelectorAll('[role=row]').length];
    })()`)
    rowsInPage = Math.max(rowsInPage, inPage)
    return count > 10_000
  })
  expect(rowsInPage).toBeLessThan(60)
  await page.context().close()
})

test('a megabyte of a request is shown at once up to a bound that is said, and copied whole', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${world.api.url}/console${exampleOf('/deliveries/$deliveryId', ids)}`)
  // The newest is open.
  const body = page.getByRole('region', { name: 'the body of the request' }).last()
  await body.waitFor()
  expect((await body.textContent())?.length).toBe(100_000)
  await page
    .getByText(/^The first 100,000 of 1,\d{3},\d{3} characters; the copy has all of them\.$/)
    .last()
    .waitFor()
  await page.getByRole('button', { name: 'Copy body of the request' }).last().click()
  await page.getByText('Copied the body of the request.').waitFor()
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  expect(copied.length).toBeGreaterThan(1_000_000)
  expect(copied).toContain(JSON.stringify(markup).slice(1, -1))
  expect(copied.endsWith('}')).toBe(true)
  expect(wrong).toEqual([])
  await page.context().close()
})

test('the session is in a cookie that no script reads; of the link nothing is left anywhere, and it works once', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, token } = await signIn(scopes)
  const [cookie, ...more] = await page.context().cookies()
  expect(more).toEqual([])
  expect(cookie).toMatchObject({ name: 'scanhook-session', path: '/', httpOnly: true, sameSite: 'Strict' })
  const kept = await page.evaluate<string>(
    `JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href, history.state])`,
  )
  for (const secret of [token, cookie?.value ?? '']) expect(kept).not.toContain(secret)
  await page.goBack()
  expect(page.url()).not.toContain(token)
  const again = await page.request.post(`${world.api.url}/console/session`, {
    headers: { 'x-scanhook-console': '1', origin: world.api.url },
    data: { credential: token },
  })
  expect(again.status()).toBe(401)
  const log = readFileSync(join(world.folder, 'api.log'), 'utf8')
  expect(log.length).toBeGreaterThan(0)
  for (const secret of [token, cookie?.value ?? '']) expect(log).not.toContain(secret)
  // What another site's page could make this browser send: the cookie, and none of our header.
  const session = `scanhook-session=${cookie?.value ?? ''}`
  const forged = await fetch(`${world.api.url}/api/v1/webhooks`, {
    method: 'POST',
    headers: { cookie: session, 'content-type': 'application/json', origin: 'https://evil.example' },
    body: JSON.stringify({ url: world.receiver.url('/forged') }),
  })
  expect(forged.status).toBe(403)
  await page.context().close()
})
