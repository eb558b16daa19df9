/** 2,000 locations and 2,000 moves in Chromium: everything is reached, and the page holds no more of it than a screen shows. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, type Visit, violationsOn } from '../harness/console-in-browser.ts'
import {
  furnishManyPlaces,
  type ManyPlaces,
  manyLocations,
  manyMoves,
} from '../harness/furnish-many-places.ts'
import { overflowOn } from '../harness/look-at-page.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000, testTimeout: 300_000 })

const scopes = ['assets:read', 'locations:read', 'tracking:read', 'webhooks:read']
/** Some forty rows of eight elements, beside the frame of the page; all rows would be some 20,000. */
const nodesMax = 1_500

let opened: Opened
let many: ManyPlaces
let visit: Visit

beforeAll(async () => {
  opened = await openConsole(['api'])
  if (opened.console === null) return
  many = await furnishManyPlaces(opened.console.world)
  visit = await opened.console.signIn(scopes)
})
afterAll(async () => {
  await many?.close()
  await opened?.console?.close()
})

const nodesOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.querySelectorAll('main *').length`)

async function go(page: Page, path: string, title: string): Promise<void> {
  await page.goto(`${opened.console?.world.api.url}/console${path}`)
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
}

async function expectGood(page: Page): Promise<void> {
  expect(await nodesOf(page)).toBeLessThan(nodesMax)
  expect(await violationsOn(page)).toEqual([])
  expect(await overflowOn(page)).toEqual([])
}

/** Whatever has the focus, in words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`document.activeElement?.textContent ?? ''`)

test('the tree opens at its top, goes down by the keyboard to the sixth level, and opens whole', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { page, wrong } = visit
  await go(page, '/locations', 'Locations')
  const tree = page.getByRole('table', { name: 'Locations' })
  const rowCount = async (): Promise<number> => Number(await tree.getAttribute('aria-rowcount')) - 1
  await tree.getByRole('row').nth(1).waitFor()
  // Five sites, and five buildings in each.
  expect(await rowCount()).toBe(30)
  await expectGood(page)

  const { around, name } = many.deepest
  for (const [depth, each] of around.entries()) {
    const row = tree.getByRole('row').filter({ has: page.getByRole('link', { name: each, exact: true }) })
    const button = row.getByRole('button')
    if ((await button.getAttribute('aria-expanded')) === 'false') {
      const before = await rowCount()
      await button.focus()
      await page.keyboard.press('Enter')
      await waitUntil('it is open', async () => (await button.getAttribute('aria-expanded')) === 'true')
      expect(await rowCount()).toBeGreaterThan(before)
    }
    // The button keeps the focus, and the arrows close and open the row that it is in.
    await button.focus()
    await page.keyboard.press('ArrowLeft')
    await waitUntil(
      `level ${depth + 1} is closed`,
      async () => (await button.getAttribute('aria-expanded')) === 'false',
    )
    await page.keyboard.press('ArrowRight')
    await waitUntil(
      `level ${depth + 1} is open`,
      async () => (await button.getAttribute('aria-expanded')) === 'true',
    )
  }
  await tree.getByRole('link', { name, exact: true }).waitFor()
  await tree.getByText(', level 6').first().waitFor({ state: 'attached' })
  await expectGood(page)

  await page.getByRole('button', { name: 'Open all' }).click()
  await waitUntil('all rows are there', async () => (await rowCount()) === manyLocations)
  expect(await nodesOf(page)).toBeLessThan(nodesMax)
  // j from the first row on: the one below has the focus, whatever is in the page of the rows.
  await tree.getByRole('row').nth(1).focus()
  for (let step = 0; step < 40; step += 1) await page.keyboard.press('j')
  await waitUntil('the 41st row has the focus', () =>
    page.evaluate<boolean>(`document.activeElement?.getAttribute('aria-rowindex') === '42'`),
  )
  expect(await focused(page)).not.toBe('')
  expect(await nodesOf(page)).toBeLessThan(nodesMax)
  await page.getByRole('button', { name: 'Close all' }).click()
  await waitUntil('only the sites are there', async () => (await rowCount()) === 5)

  await page.getByLabel('Search locations').fill('SHELF-1111')
  await tree.getByRole('link', { name: 'Shelf 111111', exact: true }).waitFor()
  expect(wrong).toEqual([])
})

test('the live map of all of them shows what fits, and a move within its next answer', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { page, wrong } = visit
  await go(page, '/locations/live', 'Live map')
  const boxes = page.getByRole('tabpanel').getByRole('listitem')
  await boxes.filter({ hasText: 'Site 1' }).first().waitFor()
  await page.getByRole('list', { name: 'What the shades mean' }).waitFor()
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectGood(page)
  }
  await page.getByRole('tab', { name: 'Table' }).click()
  const table = page.getByRole('table', { name: 'Assets by location' })
  await table.getByRole('row').nth(1).waitFor()
  expect(Number(await table.getAttribute('aria-rowcount'))).toBe(manyLocations + 1)
  await expectGood(page)
  await page.getByRole('tab', { name: 'Boxes' }).click()
  // Twice in the list of changes at most: what came before is in the events.
  await many.move(many.deepest.id)
  const changes = page
    .locator('section')
    .filter({ hasText: 'What changed while you look' })
    .getByRole('listitem')
  await changes.first().waitFor()
  expect(await changes.count()).toBeLessThanOrEqual(12)
  await expectGood(page)
  expect(wrong).toEqual([])
})

test('a history of 2,000 moves is a timeline of a few lanes, and a table of all of them', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { page, wrong } = visit
  await go(page, `/assets/${many.assetId}`, 'Restless pallet')
  await page.getByText(`${manyMoves.toLocaleString('en')} stays from`).waitFor()
  await expectGood(page)
  expect(await page.evaluate<number>(`document.querySelectorAll('main figure svg *').length`)).toBeLessThan(
    1_000,
  )
  await page.getByText('The stays as a table').click()
  const stays = page.getByRole('table', { name: 'Stays' })
  await stays.getByRole('row').nth(1).waitFor()
  expect(Number(await stays.getAttribute('aria-rowcount'))).toBe(manyMoves + 1)
  await expectGood(page)
  for (let step = 0; step < 4; step += 1) await page.getByRole('button', { name: 'Zoom in' }).click()
  await page.getByText(new RegExp(`stays? from .*, of ${manyMoves.toLocaleString('en')}`)).waitFor()
  await expectGood(page)
  expect(wrong).toEqual([])
})
