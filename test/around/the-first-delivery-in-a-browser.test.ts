/** From the link into the console to a verified delivery, in Chromium, counted in clicks; and what axe-core says of each screen. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Provided, provideBrowser } from '../harness/browser.ts'
import { root } from '../harness/service-process.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

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
  world = await openWorld()
  await startServices(world, ['api', 'dispatcher', 'retry', 'recorder'])
})
afterAll(async () => {
  await provided.browser?.close()
  await world?.close()
})

async function violationsOn(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))',
  )
}

test('a link, two clicks and one field: a delivery that the receiver verifies; a rotated secret; no screen that axe objects to', async ({
  skip,
}) => {
  if (provided.browser === null) return skip(provided.whyNot)
  const { token } = await world.api.data<{ token: string }>('POST', '/api/v1/portal-links', {
    scopes: ['webhooks:read', 'webhooks:write'],
  })
  const page = await provided.browser.newPage()
  const refusedByPolicy: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refusedByPolicy.push(message.text())
  })
  await page.goto(`${world.api.url}/console/sign-in#token=${token}`)
  const clicked: string[] = []
  const click = async (role: 'link' | 'button', name: string): Promise<void> => {
    clicked.push(name)
    await page.getByRole(role, { name }).click()
  }

  await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
  expect(page.url()).not.toContain(token)
  expect(await violationsOn(page)).toEqual([])
  await click('link', 'Add Webhook Endpoint')
  await page.getByLabel('Endpoint URL').fill(world.receiver.url('/first'))
  expect(await violationsOn(page)).toEqual([])
  await click('button', 'Create and send test')
  await page.getByText('Delivered', { exact: true }).waitFor()
  expect(clicked).toHaveLength(2)

  const secret = (await page.locator('code', { hasText: 'whsec_' }).textContent()) ?? ''
  const [request] = world.receiver.received('/first')
  if (request === undefined) throw new Error('the receiver has no request')
  verifyStandard(request, secret)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violationsOn(page), colorScheme).toEqual([])
  }
  expect(refusedByPolicy).toEqual([])
  const session = await page.evaluate('document.cookie')
  expect(session).toBe('')

  // The secret is rotated with a day's overlap: the next request is right by the new one and by the old one.
  await page.getByRole('link', { name: 'To the endpoint' }).click()
  await page.getByRole('tab', { name: 'Signing' }).click()
  await page.getByRole('region', { name: 'the program in Node' }).waitFor()
  await click('button', 'Rotate the secret…')
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  const rotated = (await page.locator('code', { hasText: 'whsec_' }).textContent()) ?? ''
  expect(rotated).not.toBe(secret)
  await page.getByText('Old secret', { exact: true }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('tab', { name: 'Testing' }).click()
  await page.getByLabel('What to send').selectOption('asset.moved')
  // The senders hear of it some seconds later.
  await waitUntil('a request is signed with both secrets', async () => {
    const before = world.receiver.received('/first').length
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await waitUntil('the request is there', () => world.receiver.received('/first').length > before)
    return String(world.receiver.received('/first').at(-1)?.headers['webhook-signature']).includes(' ')
  })
  const both = world.receiver.received('/first').at(-1)
  if (both === undefined) throw new Error('the receiver has no request')
  verifyStandard(both, secret)
  verifyStandard(both, rotated)
  await page.getByText('Delivered', { exact: true }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.reload()
  await page.getByRole('tab', { name: 'Testing', selected: true }).waitFor()

  await click('button', 'Sign out')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
})
