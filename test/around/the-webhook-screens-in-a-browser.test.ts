/** Settings → Webhooks in Chromium, as somebody works there: finding, changing, rotating, seeing why it fails, and checking. */
import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

let opened: Opened

beforeAll(async () => {
  opened = await openConsole(['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder', 'notifier'], {
    // Five failures take a second and a day seven minutes: an endpoint fails while somebody looks, and gives nothing up.
    timeScale: 200,
    env: { API_WEBHOOKS_MAX: '1000' },
  })
})
afterAll(() => opened?.console?.close())

const scopes = ['webhooks:read', 'webhooks:write'] as const

interface Row {
  readonly id: number
  readonly secret: string
}

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
  await page.getByRole('tab', { name, exact: true, selected: true }).waitFor()
}

const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent')

test('the list is searched and filtered, the address says how, and it shows as many as there are', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const other = await opened.console.anotherOrganization()
  const { world, signIn } = opened.console
  const add = (name: string, enabled = true) =>
    other.data<Row>('POST', '/api/v1/webhooks', { url: world.receiver.url('/list'), name, enabled })
  await add('The first of all')
  for (let n = 1; n <= 297; n++) await add(`Line ${n}`)
  await add('Resting', false)
  await add('<b>Dock</b> \u202e7')
  const { page, wrong } = await signIn(scopes, other)
  await page.getByText('Shown: 100 of 300 endpoints').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText('Shown: 200 of 300 endpoints').waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText('Shown: 300 of 300 endpoints').waitFor()
  expect(await page.getByRole('table', { name: 'Webhooks' }).getAttribute('aria-rowcount')).toBe('301')
  // Only what is in view is in the page, and what is known of each comes for all of them.
  expect(await page.getByRole('row').count()).toBeLessThan(50)
  await page.getByRole('cell', { name: 'none yet' }).first().waitFor()

  // By keys alone: the last of the list is found and opened.
  await page.keyboard.press('/')
  await page.keyboard.type('first of all')
  await page.getByText('Shown: 1 of 1 endpoints').waitFor()
  await page.getByRole('searchbox', { name: 'Search endpoints' }).press('Tab')
  await page.keyboard.press('j')
  // The row takes the focus with the next frame.
  await page.locator('[role="row"]:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'The first of all', level: 1 }).waitFor()
  await page.goBack()
  await page.getByText('Shown: 1 of 1 endpoints').waitFor()
  expect(await page.getByRole('searchbox', { name: 'Search endpoints' }).inputValue()).toBe('first of all')
  await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('')
  await page.getByText('of 300 endpoints').waitFor()

  await page.getByRole('button', { name: 'Paused' }).click()
  await page.getByText('Shown: 1 of 1 endpoints').waitFor()
  await page.getByRole('link', { name: 'Resting' }).waitFor()
  expect(new URL(page.url()).searchParams.get('status')).toBe('paused')
  await page.reload()
  await page.getByRole('button', { name: 'Paused', pressed: true }).waitFor()
  await page.getByRole('link', { name: 'Resting' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Failing' }).click()
  await page.getByRole('heading', { name: 'No endpoint is like that' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await page.keyboard.press('/')
  await page.keyboard.type('dock')
  await page.getByText('Shown: 1 of 1 endpoints').waitFor()
  await page.getByRole('link', { name: '<b>Dock</b>' }).waitFor()
  expect(wrong).toEqual([])
})

test('settings are changed in words, an unusable one is refused beside its field, and deleting is asked twice', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { id } = await world.api.data<Row>('POST', '/api/v1/webhooks', { url: world.receiver.url('/set') })
  const { page, wrong } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/webhooks/${id}`)
  await page.getByText('No request in this time; tests are not counted.').waitFor()
  for (const range of ['1 hour', '7 days', '30 days']) {
    await page.getByRole('button', { name: range }).click()
    await page.getByRole('button', { name: range, pressed: true }).waitFor()
  }
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click()
  const named = (name: string) =>
    page.getByRole('combobox', { name: 'Endpoint', exact: true }).locator('option', { hasText: name })
  await named('/set').waitFor({ state: 'attached' })
  await page.goBack()
  await openTab(page, 'Settings')
  await page.getByLabel('Name', { exact: true }).fill('Dock sheets')
  await page.getByLabel('Headers of your own').fill('webhook-id: mine')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('alert').first().waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByLabel('Headers of your own').fill('X-Own: a-value-that-is-long')
  await page.getByRole('textbox', { name: 'Filter' }).fill('data.nothing ==')
  await page.getByText(/^It /).first().waitFor()
  await page.getByRole('textbox', { name: 'Filter' }).fill('event.type == "asset.scanned"')
  const found = page.getByText('There was no such event in the last day.')
  await found.waitFor()
  await page.getByRole('button', { name: 'Try it on the whole last day' }).click()
  await found.nth(1).waitFor()
  // What the whole day says of one filter, it does not say of the next.
  await page.getByRole('textbox', { name: 'Filter' }).fill('event.type == "asset.moved"')
  await found.nth(1).waitFor({ state: 'detached' })
  await found.waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'Dock sheets', level: 1 }).waitFor()
  expect(await world.api.data('GET', `/api/v1/webhooks/${id}`)).toMatchObject({
    ...{ name: 'Dock sheets', headers: { 'X-Own': '…long' } },
    subscriptions: [{ event_type: '*', filter: 'event.type == "asset.moved"' }],
  })
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click()
  await named('Dock sheets').waitFor({ state: 'attached' })
  await page.goBack()
  await page.getByLabel('Alert e-mail addresses').fill('ops@example.test')
  await page.getByRole('button', { name: 'Save addresses' }).click()
  await page.getByText('one e-mail goes to each of them').waitFor()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog', { name: 'Delete this endpoint?' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Delete it' }).click()
  await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
  expect((await world.api.call('GET', `/api/v1/webhooks/${id}`)).status).toBe(404)
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click()
  await page.getByRole('combobox', { name: 'Endpoint', exact: true }).waitFor()
  await named('Dock sheets').waitFor({ state: 'detached' })
  expect(wrong).toEqual([])
})

test('what is typed outlives what happens to the endpoint, a save keeps the focus, and what somebody else saved is told before it is overwritten', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn, anotherOrganization } = opened.console
  const other = await anotherOrganization()
  const { id } = await other.data<Row>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/typed'), name: 'As it was' },
  })
  const { page, wrong } = await signIn(scopes, other)
  await page.goto(`${world.api.url}/console/webhooks/${id}?tab=settings`)
  await page.getByLabel('Name', { exact: true }).fill('Mine')
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('button', { name: 'Resume' }).waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine')

  await other.data('PATCH', `/api/v1/webhooks/${id}`, { name: 'Theirs', description: 'of another' })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const told = page.getByRole('alert').filter({ hasText: 'Somebody else changed this' })
  await told.getByText('Name: was As it was, is now Theirs').waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine')
  expect(await other.data('GET', `/api/v1/webhooks/${id}`)).toMatchObject({ name: 'Theirs' })
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Save mine over it' }).click()
  await page.getByRole('heading', { name: 'Mine', level: 1 }).waitFor()
  await waitUntil('the button has the focus', async () => (await focused(page)) === 'Save')
  expect(await page.getByLabel('Description').inputValue()).toBe('of another')
  expect(await other.data('GET', `/api/v1/webhooks/${id}`)).toMatchObject({
    ...{ name: 'Mine', description: 'of another', enabled: false },
  })

  const addresses = page.getByLabel('Alert e-mail addresses')
  await addresses.fill('mine@example.test')
  await other.data('PATCH', '/api/v1/orgs/me', { contact_emails: ['theirs@example.test'] })
  await page.getByRole('button', { name: 'Save addresses' }).click()
  await told.getByText('was nobody, is now theirs@example.test').waitFor()
  expect(await addresses.inputValue()).toBe('mine@example.test')
  await told.getByRole('button', { name: 'Start again from what is there' }).click()
  expect(await addresses.inputValue()).toBe('theirs@example.test')
  await addresses.press('Control+End')
  await addresses.pressSequentially(', mine@example.test')
  await page.getByRole('button', { name: 'Save addresses' }).click()
  await waitUntil('the button has the focus', async () => (await focused(page)) === 'Save addresses')
  await waitUntil('both are saved, and each has a line', async () => {
    return (await addresses.inputValue()) === 'theirs@example.test\nmine@example.test'
  })
  expect(wrong).toEqual([])
})

test('a rotation without overlap: the new secret verifies what comes, the old one does not, and it hides by itself', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const made = await world.api.data<Row>('POST', '/api/v1/webhooks', { url: world.receiver.url('/rotated') })
  const { page } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/webhooks/${made.id}?tab=signing`)
  await page.getByText('neither this page nor the API can show it again').waitFor()
  await page.getByRole('button', { name: 'Rotate the secret…' }).click()
  await page.getByLabel('The old secret goes on for').selectOption('0')
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByRole('button', { name: 'Reveal' }).waitFor()
  await page.clock.install()
  await page.getByRole('button', { name: 'Reveal' }).click()
  const secret = (await page.locator('code', { hasText: 'whsec_' }).textContent()) ?? ''
  expect(secret.length).toBeGreaterThan(30)
  expect(await violationsOn(page)).toEqual([])
  await page.clock.fastForward(31_000)
  await page.locator('code', { hasText: `whsec_…${secret.slice(-4)}` }).waitFor()
  await page.clock.resume()

  const path = { webhook: `/api/v1/webhooks/${made.id}/test` }
  // The senders hear of it some seconds later.
  await waitUntil('a request is signed with the new secret alone', async () => {
    const before = world.receiver.received('/rotated').length
    await world.api.data('POST', path.webhook)
    await waitUntil('the request is there', () => world.receiver.received('/rotated').length > before)
    const newest = world.receiver.received('/rotated').at(-1)
    if (newest === undefined) return false
    const holds = (with_: string): boolean => {
      try {
        verifyStandard(newest, with_)
        return true
      } catch {
        return false
      }
    }
    return holds(secret) && !holds(made.secret)
  })
})

test('while a secret is changed over, the Signing tab says which one the receiver verifies with', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { id, secret: old } = await world.api.data<Row>('POST', '/api/v1/webhooks', {
    url: world.receiver.url('/changing-over'),
  })
  const { secret: fresh } = await world.api.data<Row>('POST', `/api/v1/webhooks/${id}/rotate-secret`, {
    overlap_hours: 24,
  })
  let known = old
  world.receiver.script('/changing-over', (request) => {
    try {
      verifyStandard({ ...request, answered: null }, known)
      return { status: 204 }
    } catch {
      return { status: 401 }
    }
  })
  await waitUntil('requests are signed with both secrets', async () => {
    const before = world.receiver.received('/changing-over').length
    await world.api.data('POST', `/api/v1/webhooks/${id}/test`)
    await waitUntil('the request is there', () => world.receiver.received('/changing-over').length > before)
    const signatures = world.receiver.received('/changing-over').at(-1)?.headers['webhook-signature']
    return String(signatures).split(' ').length === 2
  })
  const { page, wrong } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/webhooks/${id}?tab=signing`)
  await page.getByRole('heading', { name: 'Which secret does your receiver verify with?' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Ask the receiver' }).click()
  await page.getByText('The old secret only', { exact: true }).waitFor()
  await page
    .getByText('Your receiver still verifies only with the old secret: do not end the overlap yet.')
    .waitFor()
  expect(await violationsOn(page)).toEqual([])
  known = fresh
  await page.getByRole('button', { name: 'Ask the receiver' }).click()
  await page.getByText('The new secret', { exact: true }).waitFor()
  await page.getByText('and the old one no more: you may end the overlap.').waitFor()

  await openTab(page, 'Testing')
  await page.getByRole('button', { name: 'Check the endpoint' }).click()
  await page.getByText('All 8 findings are as they should be.').waitFor()
  await page.getByText('and the old one no more: you may end the overlap.').waitFor()
  await page.getByText('A request signed with the old secret only').waitFor()
  expect(await violationsOn(page)).toEqual([])
  expect(wrong).toEqual([])
})

/** An element of the page, which knows more than a test's types do. */
interface Shown {
  textContent: string
  closest(selector: string): { readonly scrollWidth: number; readonly clientWidth: number }
}

test('a failing endpoint says what failed since when, and what becomes of it; one press and it is well again', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  let status = 503
  world.receiver.script('/broken', () => ({ status }))
  const { id } = await world.api.data<Row>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/broken'), name: 'Broken', event_types: ['shipment.created'] },
  })
  await waitUntil('an event has come to the endpoint', async () => {
    await submitShipment(world.producerUrl, world.apiKey)
    return world.receiver.received('/broken').length > 0
  })
  await waitUntil('it is failing', async () => {
    const { failing_since: since } = await world.api.data<{ failing_since: string | null }>(
      'GET',
      `/api/v1/webhooks/${id}`,
    )
    return since !== null
  })
  const { page, wrong } = await signIn(scopes)
  await page.setViewportSize({ width: 1280, height: 800 })
  // For the page no time passes: what was asked for does not grow old, and is asked for anew only by what happens.
  await page.clock.setFixedTime(Date.now())
  await page.getByRole('link', { name: 'Recovery' }).click()
  await page.getByText('None yet. A job sends').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Failing' }).click()
  // When it goes on is told in full, and so is the longest that it may say.
  const time = page.getByRole('row').nth(1).getByRole('cell').nth(3).locator('time')
  await time.waitFor()
  const isCut = (text: string | null): Promise<boolean> =>
    time.evaluate((element: unknown, said: string | null) => {
      const shown = element as Shown
      if (said !== null) shown.textContent = said
      const { scrollWidth, clientWidth } = shown.closest('[role="cell"]')
      return scrollWidth > clientWidth
    }, text)
  expect(await isCut(null)).toBe(false)
  expect(await isCut('in 59 minutes')).toBe(false)
  expect(await isCut('x'.repeat(40))).toBe(true)
  await page.getByRole('link', { name: 'Broken' }).click()
  const banner = page.getByRole('region', { name: 'What is wrong' })
  await banner.getByText(/answers? with 503 since/).waitFor()
  await banner.getByText(/It is disabled (at|on) .* if nothing changes\./).waitFor()
  await page.getByText('5xx, broken').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await banner.getByRole('button', { name: 'Recover from…' }).click()
  await page.getByRole('dialog', { name: 'Send again what was missed' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByText(/Job .* sends again what was missed\./).waitFor()
  await page.getByRole('link', { name: 'Recovery' }).click()
  // Sooner than the screen asks by itself.
  await page.getByText('None yet. A job sends').waitFor({ state: 'detached', timeout: 20_000 })
  await page.goBack()
  status = 200
  await banner.getByRole('button', { name: 'Retry now' }).click()
  await banner.waitFor({ state: 'detached' })
  expect(wrong).toEqual([])
})

test('a check tells that a receiver accepts what was tampered with, and what to do about it', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { id } = await world.api.data<Row>('POST', '/api/v1/webhooks', {
    url: world.receiver.url('/credulous'),
  })
  const { page, wrong } = await signIn(scopes)
  await page.goto(`${world.api.url}/console/webhooks/${id}?tab=testing`)
  await page.getByRole('button', { name: 'Check the endpoint' }).click()
  await page.getByText(/of 5 requests answered|are not as they should be/).waitFor()
  await page.getByText('Of 6 findings 3 are not as they should be.').waitFor()
  expect(await page.getByText('Accepted: mend this').count()).toBe(3)
  await page
    .getByText('verify the signature over the raw body before you use it', { exact: false })
    .first()
    .waitFor()
  expect(await violationsOn(page)).toEqual([])
  expect(wrong).toEqual([])
})

async function submitShipment(producerUrl: string, apiKey: string): Promise<void> {
  const shipment = { id: `s-${randomUUID()}`, reference: 'BU-1', status: 'pending' }
  const response = await fetch(`${producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ type: 'shipment.created', data: { shipment } }]),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}
