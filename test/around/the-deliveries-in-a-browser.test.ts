/** A failed delivery found, explained and sent again; an event triggered; requests inspected: in Chromium, with what strangers write. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { verify } from '@scanhook/signing/verify'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'
import { freePort } from '../harness/free-port.ts'
import { waitUntil } from '../harness/wait-until.ts'
import type { World } from '../harness/world.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

/** Markup, a direction that would turn what follows, emoji. */
const hostile = '<img src=x onerror="document.title=1"> \u202Erotkelas 🔑'

const scopes = ['webhooks:read', 'webhooks:write', 'tracking:read']
let opened: Opened

beforeAll(async () => {
  const relay = await freePort()
  opened = await openConsole(['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder'], {
    env: {
      API_RELAY_URL: `http://127.0.0.1:${relay}`,
      API_RELAY_PORT: `${relay}`,
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
})
afterAll(() => opened?.console?.close())

async function publish(world: World, type: string, count: number): Promise<void> {
  const response = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      Array.from({ length: count }, () => ({
        type,
        data: {
          shipment: { id: `s-${randomUUID()}`, reference: `${hostile}\nO'Neill's "dock"`, status: 'pending' },
        },
      })),
    ),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}

/** Instants as machines write them, in what is read: not in what was sent or answered, and not in attributes. */
function instantsOfMachines(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const main = document.querySelector('main').cloneNode(true)
    for (const code of main.querySelectorAll('pre')) code.remove()
    return main.textContent.match(/\\d{4}-\\d\\d-\\d\\dT\\d\\d:/g) ?? []
  })()`)
}

test('a delivery that fails is found by its answer, explained, and sent again from the keyboard', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  world.receiver.script('/failing', () => ({ status: 503 }))
  const { secret } = await world.api.data<{ secret: string }>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/failing'), name: hostile },
  })
  await waitUntil('the failing endpoint gets an event', async () => {
    if (world.receiver.received('/failing').length > 0) return true
    await publish(world, 'shipment.created', 1)
    return false
  })
  const { page } = await signIn(scopes)
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await page.getByLabel('Answer').selectOption('5xx')
  const row = page.getByRole('row', { name: /shipment\.created.*onerror/ }).first()
  await row.waitFor()
  expect(page.url()).toContain('code=5xx')
  expect(await row.textContent()).toContain(hostile)
  expect(await violationsOn(page)).toEqual([])

  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'shipment.created delivery' }).waitFor()
  await page.getByText('The endpoint answered 503.', { exact: true }).last().waitFor()
  await page
    .getByText(/The receiver failed\. Look at its log/)
    .last()
    .waitFor()
  expect(
    await page.getByRole('region', { name: 'the headers of the request' }).first().textContent(),
  ).toContain('webhook-signature: v1,')
  expect(await violationsOn(page)).toEqual([])
  expect(await page.getByRole('region', { name: 'the body of the request' }).first().textContent()).toContain(
    hostile.slice(0, 8),
  )
  const deliveryId = page.url().split('/').at(-1)
  await page.getByText(/^it (waits|is held) /).waitFor()
  const timeline = page.getByRole('region', { name: 'Timeline, the oldest first' }).getByRole('listitem')
  const said = await timeline.allInnerTexts()
  // What was sent, as many as there are by now; then what is planned, to when it is given up.
  const planned = said.filter((each) => !/^Request \d+: 503, /.test(each))
  expect(said.length).toBeGreaterThan(planned.length)
  expect(planned).toEqual(said.slice(-planned.length))
  expect(planned[0]).toMatch(/^Planned\s+request \d+, (in|just|\d)/)
  expect(planned[1]).toMatch(/^Planned\s+request \d+, in .+Its jitter puts it between .+ and .+$/s)
  expect(planned.at(-1)).toMatch(/^Planned\s+given up, if each of them fails, in /)
  expect(planned.every((each) => each.startsWith('Planned'))).toBe(true)
  expect(await instantsOfMachines(page)).toEqual([])
  const copies = await page.getByRole('button', { name: /^Copy/ }).allInnerTexts()
  // What is seen is the first line; what only is heard stands behind it.
  const seen = copies.map((each) => each.trim().split('\n')[0])
  expect(seen).toEqual([...new Set(seen)])
  expect(seen.slice(0, 3)).toEqual(['Copy link', 'Copy as curl', 'Copy as signed curl'])

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  // That of the newest request, which is the one that is open.
  await page.getByRole('button', { name: 'Copy as signed curl' }).last().click()
  await page
    .getByText(/^Copied\. It is signed now, .+ receivers accept it until .+, in [45] minutes\.$/)
    .waitFor()
  expect(await violationsOn(page)).toEqual([])
  // Not in step: the receiver answers in this process.
  await promisify(execFile)('sh', ['-c', await page.evaluate<string>('navigator.clipboard.readText()')])
  const all = world.receiver.received('/failing')
  const byHand = all.find(({ headers }) => headers.accept === '*/*')
  const sent = all.find(({ headers }) => headers['webhook-id'] === byHand?.headers['webhook-id'])
  expect(byHand?.body).toBe(sent?.body)
  expect(byHand?.body).toContain(`O'Neill's`)
  const received = { profile: 'standard', secrets: [secret], toleranceS: 300 } as const
  const headers = byHand?.headers as Record<string, string>
  expect(verify({ ...received, headers, body: byHand?.body ?? '', nowS: Date.now() / 1_000 })).toMatchObject({
    ok: true,
  })
  expect(headers['webhook-signature']).not.toBe(sent?.headers['webhook-signature'])
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/resend')) asked.push(request.url())
  })
  // A key that is held is pressed again and again.
  for (let times = 0; times < 5; times += 1) await page.keyboard.down('r')
  await page.keyboard.up('r')
  await page.getByText('It is sent again.').waitFor()
  expect(asked).toHaveLength(1)
  await page.locator('summary', { hasText: ', manual' }).first().waitFor()
  await waitUntil('it was sent again by hand', async () => {
    const { attempts } = await world.api.data<{ attempts: readonly { readonly trigger: string }[] }>(
      'GET',
      `/api/v1/deliveries/${deliveryId}`,
    )
    return attempts.some(({ trigger }) => trigger === 'manual')
  })
  expect(await page.title()).not.toBe('1')
  await page.close()
})

test('an example of the catalogue is sent to an endpoint, and its delivery shown', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  await world.api.data('POST', '/api/v1/webhooks', { url: world.receiver.url('/fine'), name: 'Fine' })
  const { page } = await signIn(scopes)
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByRole('link', { name: 'shipment.created' }).first().waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'shipment.created' }).first().click()
  await page.getByRole('heading', { name: 'What became of it' }).waitFor()
  await page.getByText(hostile).first().waitFor()
  await page
    .getByText(/^it (waits|was|is held) /)
    .first()
    .waitFor()
  expect(await instantsOfMachines(page)).toEqual([])
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'Catalogue' }).click()
  await page.getByRole('link', { name: 'asset.moved', exact: true }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'asset.moved', exact: true }).click()
  await page.getByLabel('Endpoint').selectOption({ label: 'Fine' })
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('link', { name: 'See its delivery' }).click()
  await page.getByText('Delivered', { exact: true }).first().waitFor()
  expect(world.receiver.received('/fine')).toHaveLength(1)
  await page.close()
})

test('the inspector shows what arrives, with the signature verified, and answers it', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { page } = await opened.console.signIn(scopes)
  await page.getByRole('link', { name: 'Inspector' }).click()
  await page.getByRole('button', { name: 'Start inspecting' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Listening', { exact: true }).waitFor()
  // The button is gone: the focus is at the heading, from where the next Tab leads on.
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Inspector')
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('Verified', { exact: true }).waitFor()
  await page.getByText('The signature is right, and its timestamp is of now.').waitFor()
  expect(await page.getByRole('region', { name: 'the body of the request' }).textContent()).toContain(
    'endpoint.test',
  )
  expect(await violationsOn(page)).toEqual([])
  // Who reads the first one goes on reading it.
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('2 arrived; the newest first.').waitFor()
  expect(await page.getByRole('region', { name: 'the body of the request' }).count()).toBe(2)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Start inspecting' }).waitFor()
  await page.close()
})

test('the list of deliveries follows five hundred events that come at once, leaves out none, and is nobody else’s', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn, anotherOrganization } = opened.console
  const { id } = await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/many'), name: 'Many', event_types: ['shipment.approved'] },
  })
  const other = await anotherOrganization()
  const [mine, theirs] = [await signIn(scopes), await signIn(scopes, other)]
  for (const { page } of [mine, theirs]) {
    await page.goto(`${world.api.url}/console/deliveries?webhook=${id}`)
    await page.getByText(/^(No delivery is like that|Nothing was delivered yet)$/).waitFor()
  }
  // The router hears of the new endpoint a little later.
  await waitUntil('the new endpoint gets events', async () => {
    await publish(world, 'shipment.approved', 1)
    return world.receiver.received('/many').length > 0
  })
  await publish(world, 'shipment.approved', 500)
  const listed = async (): Promise<number> => {
    const { body } = await world.api.call('GET', `/api/v1/deliveries?webhook_id=${id}&state=delivered`)
    return Number(body['total_count'])
  }
  await waitUntil('all are delivered and in the log', async () => (await listed()) > 500)
  await waitUntil('the list has all that the log has', async () => {
    const shown = await mine.page.getByText(/shown, the newest first/).textContent()
    return shown?.startsWith(`${await listed()} `) === true
  })
  expect(await mine.page.getByText('some are left out').count()).toBe(0)
  expect(await violationsOn(mine.page)).toEqual([])
  await holdsWhereTheFocusIs(world, mine.page)
  await theirs.page.reload()
  await theirs.page.getByText('No delivery is like that').waitFor()
  await theirs.page.goto(`${world.api.url}/console/webhooks/${id}`)
  await theirs.page.getByText('It is not there').waitFor()
  for (const { page, wrong } of [mine, theirs]) {
    expect(wrong).toEqual([])
    await page.close()
  }
})

/** Thirty more push a row out of those that are in the page; the one that has the focus stays, and so do the keys. */
async function holdsWhereTheFocusIs(world: World, page: Page): Promise<void> {
  const box = page.getByRole('checkbox', { name: /^Choose delivery / }).first()
  const name = await box.getAttribute('aria-label')
  await box.focus()
  await page.keyboard.press('Space')
  await page.getByText('Held while you read').waitFor()
  await publish(world, 'shipment.approved', 30)
  await page.getByRole('button', { name: /^\d+ new$/ }).waitFor()
  expect(await page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe(name)
  // A box that is ticked is no place to type in.
  await page.keyboard.press('j')
  expect(await page.evaluate(`document.activeElement.getAttribute('data-row-index')`)).toBe('1')
  await page.getByRole('button', { name: 'Choose none' }).click()
  await page.getByText('Held while you read').waitFor({ state: 'detached' })
}
