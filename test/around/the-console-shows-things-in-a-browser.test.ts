/** Assets, locations, unknown tags, keys, the audit log and the operator's view, in Chromium, with names that want to be more than text. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Provided, provideBrowser } from '../harness/browser.ts'
import { root } from '../harness/service-process.ts'
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
  await startServices(world, ['api'])
})
afterAll(async () => {
  await provided.browser?.close()
  await world?.close()
})

const hostile = '<img src=x onerror=alert(1)> \u0645\u0631\u062d\u0628\u0627 \u202etxt \u{1f98a}'

interface Visit {
  readonly page: Page
  /** What must not happen, and did: dialogs, what the policy refused. */
  readonly wrong: string[]
}

async function signIn(): Promise<Visit> {
  if (provided.browser === null) throw new Error('there is no browser')
  const { token } = await world.api.data<{ token: string }>('POST', '/api/v1/portal-links', {
    scopes: ['assets:read', 'assets:write', 'locations:read', 'tracking:read', 'webhooks:read', 'keys:admin'],
  })
  const page = await provided.browser.newPage()
  const wrong: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) wrong.push(message.text())
  })
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => wrong.push(String(error)))
  await page.goto(`${world.api.url}/console/sign-in#token=${token}`)
  await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
  return { page, wrong }
}

async function violationsOn(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))',
  )
}

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
  if (provided.browser === null) return skip(provided.whyNot)
  const outer = await world.api.data<{ id: number }>('POST', '/api/v1/locations', { name: hostile })
  await world.api.data('POST', '/api/v1/locations', { name: 'Dock', parent_id: outer.id })
  await world.api.data('POST', '/api/v1/assets', {
    ...{ name: hostile, metadata: { html: hostile } },
    tags: [{ tag_type: 'rfid', value: 'E28011AAAA0001' }],
  })
  const { page, wrong } = await signIn()

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

  await open(page, 'Audit log')
  await page.getByRole('combobox', { name: /^Of/ }).selectOption('api_key')
  await page.getByRole('button', { name: 'API key deleted' }).click()
  await page.getByRole('heading', { name: 'What is gone' }).waitFor()
  expect(page.url()).toContain('kind=api_key')
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Close' }).click()

  await open(page, 'Operator')
  await page.getByRole('heading', { name: 'No dead delivery' }).waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await violationsOn(page)).toEqual([])
  expect(wrong).toEqual([])
})
