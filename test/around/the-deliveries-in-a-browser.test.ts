/** A failed delivery found, explained and sent again; an event triggered; requests inspected: in Chromium, with what strangers write. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Provided, provideBrowser } from '../harness/browser.ts'
import { freePort } from '../harness/free-port.ts'
import { root } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

/** Markup, a direction that would turn what follows, emoji. */
const hostile = '<img src=x onerror="document.title=1"> \u202Erotkelas 🔑'

let world: World
let provided: Provided = { browser: null, whyNot: 'it was not asked for' }

beforeAll(async () => {
  provided = await provideBrowser()
  if (provided.whyNot !== null) {
    console.warn(`skipped: ${provided.whyNot}`)
    return
  }
  const turbo = join(root, 'node_modules/turbo/bin/turbo')
  execFileSync(process.execPath, [turbo, 'run', 'build', '--output-logs=errors-only'], { cwd: root })
  const relay = await freePort()
  world = await openWorld({
    env: {
      API_RELAY_URL: `http://127.0.0.1:${relay}`,
      API_RELAY_PORT: `${relay}`,
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  await startServices(world, ['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder'])
})
afterAll(async () => {
  await provided.browser?.close()
  await world?.close()
})

async function publish(): Promise<void> {
  const response = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'shipment.created',
      data: { shipment: { id: 's-1', reference: hostile, status: 'pending' } },
    }),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}

async function violationsOn(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))',
  )
}

async function signedIn(): Promise<Page> {
  if (provided.browser === null) throw new Error(provided.whyNot)
  const { token } = await world.api.data<{ token: string }>('POST', '/api/v1/portal-links', {
    scopes: ['webhooks:read', 'webhooks:write', 'tracking:read'],
  })
  const page = await provided.browser.newPage()
  await page.goto(`${world.api.url}/console/sign-in#token=${token}`)
  await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
  return page
}

test('a delivery that fails is found by its answer, explained, and sent again from the keyboard', async ({
  skip,
}) => {
  if (provided.browser === null) return skip(provided.whyNot)
  world.receiver.script('/failing', () => ({ status: 503 }))
  await world.api.data('POST', '/api/v1/webhooks', { url: world.receiver.url('/failing'), name: hostile })
  await waitUntil('the failing endpoint gets an event', async () => {
    if (world.receiver.received('/failing').length > 0) return true
    await publish()
    return false
  })
  const page = await signedIn()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await page.getByLabel('Answer').selectOption('5xx')
  const row = page.getByRole('row', { name: /shipment\.created/ }).first()
  await row.waitFor()
  expect(page.url()).toContain('code=5xx')
  expect(await row.textContent()).toContain(hostile)
  expect(await violationsOn(page)).toEqual([])

  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'shipment.created delivery' }).waitFor()
  await page.getByText('The endpoint answered 503.').waitFor()
  await page.getByText(/The receiver failed\. Look at its log/).waitFor()
  expect(
    await page.getByRole('region', { name: 'the headers of the request' }).first().textContent(),
  ).toContain('webhook-signature: v1,')
  expect(await violationsOn(page)).toEqual([])
  expect(await page.getByRole('region', { name: 'the body of the request' }).first().textContent()).toContain(
    hostile.slice(0, 8),
  )
  const deliveryId = page.url().split('/').at(-1)
  await page.keyboard.press('r')
  await page.getByText('It is sent again.').waitFor()
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
  if (provided.browser === null) return skip(provided.whyNot)
  await world.api.data('POST', '/api/v1/webhooks', { url: world.receiver.url('/fine'), name: 'Fine' })
  const page = await signedIn()
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByRole('link', { name: 'shipment.created' }).first().waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'shipment.created' }).first().click()
  await page.getByRole('heading', { name: 'What became of it' }).waitFor()
  await page.getByText(hostile).first().waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'Catalogue' }).click()
  await page.getByRole('link', { name: 'asset.moved', exact: true }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'asset.moved', exact: true }).click()
  await page.getByLabel('Endpoint').selectOption({ label: 'Fine' })
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('link', { name: 'See its delivery' }).click()
  await page.getByText('Delivered', { exact: true }).waitFor()
  expect(world.receiver.received('/fine')).toHaveLength(1)
  await page.close()
})

test('the inspector shows what arrives, with the signature verified, and answers it', async ({ skip }) => {
  if (provided.browser === null) return skip(provided.whyNot)
  const page = await signedIn()
  await page.getByRole('link', { name: 'Inspector' }).click()
  await page.getByRole('button', { name: 'Start inspecting' }).click()
  await page.getByText('Listening', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('Verified', { exact: true }).waitFor()
  await page.getByText('The signature is right, and its timestamp is of now.').waitFor()
  expect(await page.getByRole('region', { name: 'the body of the request' }).textContent()).toContain(
    'endpoint.test',
  )
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Start inspecting' }).waitFor()
  await page.close()
})
