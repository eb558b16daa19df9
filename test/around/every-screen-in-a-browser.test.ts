/**
 * Every screen that there is, with data that want to do harm and without any, in light and dark, wide and narrow: what axe-core
 * says, what stands over the edge, what the keyboard reaches, what it shows while it waits and when it is refused. The screens
 * come from the areas' own files; a screen whose address needs an id that is not known here fails.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Opened, openConsole, type Visit, violationsOn } from '../harness/console-in-browser.ts'
import { exampleOf, listScreenPaths } from '../harness/console-screens.ts'
import { type Furnished, furnishHostile } from '../harness/furnish-hostile.ts'
import { keyboardProblemsOn, movementOn, overflowOn } from '../harness/look-at-page.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

const scopes = [
  ...['assets:read', 'assets:write', 'locations:read', 'locations:write', 'tracking:read'],
  ...['webhooks:read', 'webhooks:write', 'keys:admin'],
]
/** WCAG 1.4.10 asks for 320; 1280 is 640 at a zoom of 200 % (1.4.4). */
const widths = [1280, 640, 390, 320] as const
const looks = [
  ['light', 390],
  ['light', 1280],
  ['dark', 1280],
] as const

/** Until somebody does something, or never: a runbook is in the build. */
const asksNothing = new Set(['/inspector', '/import/$kind', '/operator/runbooks/$runbook'])

const paths = await listScreenPaths()

let opened: Opened
let ids: Furnished = {}
let full: Visit
let empty: Visit

beforeAll(async () => {
  // The other organization is not the operator's: its screen is looked at both ways.
  opened = await openConsole(['api'], { isOperator: true })
  if (opened.console === null) return
  const { world, signIn, anotherOrganization } = opened.console
  ids = await furnishHostile(world)
  full = await signIn(scopes)
  empty = await signIn(scopes, await anotherOrganization())
})
afterAll(() => opened?.console?.close())

/** The screen stands: nothing is waited for, and it has its heading. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await waitUntil('nothing is waited for', () =>
    page.evaluate<boolean>(`document.querySelector('main [data-loading], main [aria-busy=true]') === null`),
  )
}

async function go(page: Page, path: string): Promise<void> {
  if (opened.console === null) return
  await page.goto(`${opened.console.world.api.url}/console${exampleOf(path, ids)}`)
  await settled(page)
}

/** In light and dark and at each width, the screen's tabs one after the other. */
async function problemsOf(page: Page): Promise<unknown> {
  const found: unknown[] = []
  const tabs = await page.getByRole('tab').count()
  for (let tab = 0; tab < Math.max(1, tabs); tab += 1) {
    if (tabs > 0) await page.getByRole('tab').nth(tab).click()
    await settled(page)
    found.push(...(await problemsAsItStands(page)).map((problem) => ({ tab, problem })))
  }
  return found
}

/** Sizes and colours that were set are those of what is drawn: what the page measures of itself follows a frame later. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null))))`,
  )
}

async function problemsAsItStands(page: Page): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    await drawn(page)
    for (const wrong of await overflowOn(page)) found.push({ width, wrong })
  }
  for (const [colorScheme, width] of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await drawn(page)
    for (const wrong of (await violationsOn(page)) as unknown[]) found.push({ width, colorScheme, wrong })
  }
  return found
}

describe.each(paths)('%s', (path) => {
  test('with hostile data: nothing of them runs, nothing stands over the edge, axe objects to nothing', async ({
    skip,
  }) => {
    if (opened.console === null) return skip(opened.whyNot)
    const { page, wrong } = full
    await go(page, path)
    expect(await problemsOf(page)).toEqual([])
    const title = await page.title()
    expect(title).toMatch(/. – Scanhook$/)
    expect(title).not.toBe('taken')
    expect(wrong).toEqual([])
  })

  test('with nothing to show', async ({ skip }) => {
    if (opened.console === null) return skip(opened.whyNot)
    // What the other organization has is not there for this one: 404 is a state, too.
    await go(empty.page, path)
    expect(await problemsOf(empty.page)).toEqual([])
    expect(await empty.page.title()).toMatch(/. – Scanhook$/)
    expect(empty.wrong).toEqual([])
  })

  test('by keyboard alone, without movement, and in the colours of the system', async ({ skip }) => {
    if (opened.console === null) return skip(opened.whyNot)
    const { page } = full
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ reducedMotion: 'reduce', forcedColors: 'active', colorScheme: 'light' })
    await go(page, path)
    expect(await movementOn(page)).toEqual([])
    expect(await keyboardProblemsOn(page)).toEqual([])
    await page.emulateMedia({ reducedMotion: null, forcedColors: null })
    expect(await keyboardProblemsOn(page)).toEqual([])
  })

  test('while it waits, when it fails, and when it is asked again', async ({ skip }) => {
    if (opened.console === null) return skip(opened.whyNot)
    const { page, wrong } = full
    const asked = new Set<string>()
    let mode: 'wait' | 'fail' = 'wait'
    const waiting: (() => void)[] = []
    await page.route('**/api/v1/**', async (route) => {
      const { pathname } = new URL(route.request().url())
      if (pathname === '/api/v1/orgs/me') return route.continue()
      asked.add(pathname)
      if (mode === 'wait') await new Promise<void>((resolve) => waiting.push(resolve))
      const error = {
        type: 'internal_error',
        title: 'Internal',
        status: 500,
        detail: 'it broke',
        request_id: 'r-17',
      }
      // Tried again twice before it is said to have failed: at once, as it is told here, instead of seconds later.
      const answer = { status: 500, headers: { 'retry-after': '0' }, json: { error } }
      await route.fulfill(answer).catch(() => undefined)
    })
    try {
      await page.goto(`${opened.console.world.api.url}/console${exampleOf(path, ids)}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (asksNothing.has(path)) return
      await waitUntil('the screen has asked', () => asked.size > 0)
      expect(await violationsOn(page), 'while it waits').toEqual([])
      expect(await overflowOn(page), 'while it waits').toEqual([])
      mode = 'fail'
      for (const go of waiting) go()
      const retry = page.getByRole('main').getByRole('button', { name: 'Try again' }).first()
      await retry.waitFor()
      expect(await page.getByText('r-17').count()).toBeGreaterThan(0)
      expect(await violationsOn(page), 'when it failed').toEqual([])
      expect(await overflowOn(page), 'when it failed').toEqual([])
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      await waitUntil('nothing failed any more', async () => {
        if ((await retry.count()) === 0) return true
        // What asks anew by itself may take the button away before it is pressed.
        await retry.click({ timeout: 1_000 }).catch(() => undefined)
        return false
      })
      await settled(page)
      expect(wrong).toEqual([])
    } finally {
      mode = 'fail'
      for (const go of waiting) go()
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    }
  })
})
