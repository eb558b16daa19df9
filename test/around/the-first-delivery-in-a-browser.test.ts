/** From the link into the console to a verified delivery, in Chromium, counted in clicks; and what axe-core says of each screen. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

let opened: Opened

beforeAll(async () => {
  opened = await openConsole(['api', 'dispatcher', 'retry', 'recorder'])
})
afterAll(() => opened?.console?.close())

test('a link, two clicks and one field: a delivery that the receiver verifies; a rotated secret; no screen that axe objects to', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, token, wrong } = await signIn(['webhooks:read', 'webhooks:write'])
  const clicked: string[] = []
  const click = async (role: 'link' | 'button', name: string): Promise<void> => {
    clicked.push(name)
    await page.getByRole(role, { name }).click()
  }

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
  expect(wrong).toEqual([])
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
