/** Assets, locations, unknown tags, keys, the audit log and what can be sent again, in Chromium, with names that want to be more than text. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

let opened: Opened

beforeAll(async () => {
  opened = await openConsole(['api'])
})
afterAll(() => opened?.console?.close())

const hostile = '<img src=x onerror=alert(1)> \u0645\u0631\u062d\u0628\u0627 \u202etxt \u{1f98a}'

async function open(page: Page, label: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Console' })
    .getByRole('link', { name: label, exact: true })
    .click()
  await page.getByRole('heading', { name: label, level: 1 }).waitFor()
}

test('names are text on every screen, a key is shown once and revoked, and the audit log tells of it', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const outer = await world.api.data<{ id: number }>('POST', '/api/v1/locations', { name: hostile })
  await world.api.data('POST', '/api/v1/locations', { name: 'Dock', parent_id: outer.id })
  await world.api.data('POST', '/api/v1/assets', {
    ...{ name: hostile, metadata: { html: hostile } },
    tags: [{ tag_type: 'rfid', value: 'E28011AAAA0001' }],
  })
  const { page, wrong } = await signIn([
    ...['assets:read', 'assets:write', 'locations:read', 'tracking:read', 'webhooks:read', 'keys:admin'],
  ])

  await open(page, 'Assets')
  await page.getByRole('link', { name: 'onerror=alert(1)' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'onerror=alert(1)' }).click()
  await page.getByRole('heading', { name: 'onerror=alert(1)', level: 1 }).waitFor()
  await page.getByText('Not seen in this time').waitFor()
  expect(await violationsOn(page)).toEqual([])

  await open(page, 'Unknown tags')
  await page.getByRole('heading', { name: 'No unknown tag' }).waitFor()
  expect(await violationsOn(page)).toEqual([])

  await open(page, 'Locations')
  const dock = page.getByRole('link', { name: 'Dock' })
  await dock.waitFor()
  expect(await violationsOn(page)).toEqual([])
  const toggle = page.getByRole('button', { name: 'What is inside' })
  await toggle.click()
  await dock.waitFor({ state: 'detached' })
  await toggle.click()
  await dock.click()
  await page.getByRole('navigation', { name: 'Where it belongs' }).getByText('onerror=alert(1)').waitFor()
  await page.getByText('No asset has been here last').waitFor()
  expect(await violationsOn(page)).toEqual([])

  await open(page, 'API keys')
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Name').fill(hostile)
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('Choose at least one thing').waitFor()
  await page.getByLabel('See locations').check()
  expect(await page.getByLabel('Change webhooks, send again').isDisabled()).toBe(true)
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Make the key' }).click()
  const shown = page.getByText(/^sk_\d+_/)
  const key = (await shown.textContent()) ?? ''
  const asked = await fetch(`${world.api.url}/api/v1/locations`, {
    headers: { authorization: `Bearer ${key}` },
  })
  expect(asked.status).toBe(200)
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await shown.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Revoke <img' }).click()
  await page.getByRole('button', { name: 'Revoke the key' }).click()
  await page.getByRole('button', { name: 'Revoke <img' }).waitFor({ state: 'detached' })
  // What opened the dialog went with its row.
  expect(await page.evaluate('document.activeElement.textContent')).toBe('API keys')

  await open(page, 'Audit log')
  await page.getByRole('combobox', { name: /^Of/ }).selectOption('api_key')
  await page.getByRole('button', { name: 'API key deleted' }).click()
  await page.getByRole('heading', { name: 'What is gone' }).waitFor()
  expect(page.url()).toContain('kind=api_key')
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Close' }).click()

  // Of whom the installation is not run by.
  expect(await page.getByRole('link', { name: 'Operator' }).count()).toBe(0)
  await open(page, 'Recovery')
  await page.getByRole('heading', { name: 'No dead delivery' }).waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await violationsOn(page)).toEqual([])
  expect(wrong).toEqual([])
})
