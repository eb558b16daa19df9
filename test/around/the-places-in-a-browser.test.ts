/** Locations, readers, assets and tags made and changed by people in Chromium, and a live map that follows real reads. */
import type { Locator, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  type ConsoleInBrowser,
  type Opened,
  openConsole,
  violationsOn,
} from '../harness/console-in-browser.ts'
import { waitUntil } from '../harness/wait-until.ts'
import type { World } from '../harness/world.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000, testTimeout: 300_000 })

/** Markup, right to left, a turned direction, emoji; as long as a name may be. */
const hostile =
  '<img src=x onerror=alert(1)> \u0645\u0631\u062d\u0628\u0627 \u202Etxt\u202C \u{1f98a} '.padEnd(255, 'x')
const scopes = [
  ...['assets:read', 'assets:write', 'locations:read', 'locations:write', 'tracking:read'],
  ...['scan-devices:read', 'scan-devices:write', 'webhooks:read'],
]

let opened: Opened

beforeAll(async () => {
  opened = await openConsole(['api', 'producer', 'tracker', 'recorder'])
  // One read is enough for a place: the test waits for reads, and not for their confirmation.
  const quick = { confirm_ms: 0, first_confirm_ms: 0, confirm_reads: 1 }
  await opened.console?.world.api.data('PATCH', '/api/v1/orgs/me/settings', quick)
})
afterAll(() => opened?.console?.close())

async function open(page: Page, label: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Console' })
    .getByRole('link', { name: label, exact: true })
    .click()
  await page.getByRole('heading', { name: label, level: 1 }).waitFor()
}

/** In light and in dark. */
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violationsOn(page)).toEqual([])
  }
}

const field = (page: Page, name: string) => page.getByRole('dialog').getByLabel(name, { exact: true })
/** Whether it has the focus. */
const isFocused = (control: Locator): Promise<boolean> =>
  control.evaluate((element: unknown) => {
    const { document } = globalThis as unknown as { readonly document: { readonly activeElement: unknown } }
    return element === document.activeElement
  })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const title = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

async function read(world: World, port: number, tag: string): Promise<void> {
  const response = await fetch(`${world.producerUrl}/api/v1/scans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      device: 'gate-reader',
      antenna_port: port,
      tag: { type: 'rfid', value: tag },
      // The second is clearly the nearer one: where both were heard, nothing is a tie.
      rssi_dbm: port === 1 ? -65 : -40,
    }),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}

/** Reads go on, as a reader's do, until the page shows what they lead to. */
async function readUntilShown(
  world: World,
  [port, tag]: readonly [number, string],
  shown: () => Promise<boolean>,
) {
  await waitUntil(
    `reads at antenna ${port} show`,
    async () => {
      await read(world, port, tag)
      return await shown()
    },
    { everyMs: 300 },
  )
}

async function newLocation(page: Page, name: string): Promise<void> {
  await field(page, 'Name').fill(name)
  await press(page, 'Make the location')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function newAntenna(page: Page, location: string): Promise<void> {
  await press(page, 'New antenna')
  await page
    .getByRole('dialog')
    .getByRole('radio', { name: new RegExp(`^${location}`) })
    .check()
  await press(page, 'Make the antenna')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('row').filter({ hasText: location.toUpperCase() }).waitFor()
}

test('a person makes a site, a reader and an asset, and the live map shows where reads say it is', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)

  await open(page, 'Locations')
  await page.getByText('bin/scanhook simulate --readers 10 --tags 200 --seconds 60').waitFor()
  await expectAccessible(page)
  await press(page, 'New location')
  await press(page, 'Make the location')
  await page.getByRole('dialog').getByText('must have at least 1 character').waitFor()
  expect(await isFocused(field(page, 'Name'))).toBe(true)
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  const opener = page.getByRole('button', { name: 'New location', exact: true })
  expect(await isFocused(opener)).toBe(true)
  await opener.click()
  await newLocation(page, hostile)
  await page.getByRole('heading', { name: 'onerror=alert(1)', level: 1 }).waitFor()

  await press(page, 'New location inside')
  await field(page, 'Key').fill('DOCK')
  await field(page, 'Shape').selectOption('circle')
  await field(page, 'Latitude').fill('52.52')
  await field(page, 'Longitude').fill('13.405')
  await field(page, 'Radius in m').fill('2')
  await field(page, 'Name').fill('Dock')
  await press(page, 'Make the location')
  await page.getByRole('dialog').getByText('must be at least 5').waitFor()
  await field(page, 'Radius in m').fill('60')
  await page.getByText('A circle, 120 m across.').waitFor()
  await expectAccessible(page)
  await newLocation(page, 'Dock')
  await title(page, 'Dock')
  const way = page.getByRole('navigation', { name: 'Where it belongs' })
  await way.getByText('onerror=alert(1)').click()
  await page.getByRole('heading', { name: 'onerror=alert(1)', level: 1 }).waitFor()
  await press(page, 'New location inside')
  await field(page, 'Key').fill('GATE')
  await newLocation(page, 'Gate')
  await title(page, 'Gate')

  await open(page, 'Readers')
  await page.getByRole('heading', { name: 'No reader yet' }).waitFor()
  await press(page, 'New reader')
  await field(page, 'Name').fill(hostile)
  await field(page, 'Key').fill('gate-reader')
  await field(page, 'Type').fill('csl_cs463')
  await expectAccessible(page)
  await press(page, 'Make the reader')
  await page.getByRole('heading', { name: 'No antenna yet' }).waitFor()
  await newAntenna(page, 'Dock')
  await newAntenna(page, 'Gate')
  await expectAccessible(page)

  await open(page, 'Assets')
  await page.getByRole('heading', { name: 'No asset yet' }).waitFor()
  await expectAccessible(page)
  await press(page, 'New asset')
  await field(page, 'Name').fill('Forklift')
  await field(page, 'Value of tag 1').fill('E280110000000001')
  await expectAccessible(page)
  await press(page, 'Make the asset')
  await title(page, 'Forklift')
  await page.getByText('E280110000000001').waitFor()

  await open(page, 'Locations')
  await page.getByRole('link', { name: 'Live map' }).click()
  await title(page, 'Live map')
  await page.getByText('0 assets are at a location now').waitFor()
  const inside = page.getByRole('button', { name: /^Look inside/ })
  await inside.first().click()
  // The name, the key, the number.
  const box = (name: string, count: string) =>
    page
      .getByRole('listitem')
      .filter({ hasText: new RegExp(`^${name}\\s*${name.toUpperCase()}\\s*${count}`) })
  await readUntilShown(world, [1, 'E280110000000001'], () => box('Dock', '1').first().isVisible())
  await expectAccessible(page)
  await readUntilShown(world, [2, 'E280110000000001'], () => box('Gate', '1').first().isVisible())
  const changes = page
    .getByRole('region')
    .or(page.locator('section'))
    .filter({ hasText: 'What changed while you look' })
  await changes
    .getByRole('listitem')
    .filter({ hasText: /Dock\s*DOCK\s*1.*0/ })
    .waitFor()
  await changes
    .getByRole('listitem')
    .filter({ hasText: /Gate\s*GATE\s*0.*1/ })
    .waitFor()

  await page.getByRole('tab', { name: 'Table' }).click()
  const gate = page
    .getByRole('table', { name: 'Assets by location' })
    .getByRole('row')
    .filter({ hasText: 'Gate' })
  await gate.getByText('1 came').waitFor()
  await expectAccessible(page)
  await page.getByRole('tab', { name: 'Geofences' }).click()
  await page.getByRole('link', { name: 'Dock (DOCK): 0 assets' }).waitFor()
  await expectAccessible(page)
  await press(page, 'Pause')
  await page.getByText('Paused at').waitFor()
  await page.getByRole('tab', { name: 'Boxes' }).click()
  await box('Gate', '1').first().getByRole('link').click()
  await title(page, 'Gate')
  await page.getByRole('table', { name: 'Assets at this location' }).getByText('There now').waitFor()

  await open(page, 'Assets')
  await page.getByRole('link', { name: 'Forklift' }).click()
  await page.getByRole('link', { name: 'asset.moved', exact: true }).first().waitFor()
  await page.getByText(/stays? from/).waitFor()
  await page.getByText('The stays as a table').click()
  await page.getByRole('table', { name: 'Stays' }).getByText('GATE').first().waitFor()
  await expectAccessible(page)
  expect(wrong).toEqual([])
})

test('a tag that nobody knows is registered to a new asset, whatever that is called', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  await open(page, 'Unknown tags')
  const register = page.getByRole('button', { name: 'Register E28011FFFF' })
  await readUntilShown(world, [1, 'E28011FFFF'], async () => {
    await page.reload()
    await page.getByRole('heading', { name: 'Unknown tags', level: 1 }).waitFor()
    return await register.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    )
  })
  await register.click()
  await press(page, 'Register')
  await page.getByRole('dialog').getByText('must have at least 1 character').waitFor()
  await field(page, 'Name of the new asset').fill(hostile)
  await expectAccessible(page)
  await press(page, 'Register')
  await page.getByRole('heading', { name: 'onerror=alert(1)', level: 1 }).waitFor()
  await page.getByText('E28011FFFF', { exact: true }).waitFor()
  await expectAccessible(page)
  expect(wrong).toEqual([])
})

test('of two people who edit one asset the second sees what the first changed, and loses nothing', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { id } = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
    ...{ name: 'Crane', external_key: 'CRANE', metadata: { owner: 'Ann' } },
  })
  const [first, second] = [(await signIn(scopes)).page, (await signIn(scopes)).page]
  for (const page of [first, second]) {
    await page.goto(`${world.api.url}/console/assets/${id}`)
    await press(page, 'Edit')
  }
  await field(first, 'Name').fill(`Crane of the first ${hostile}`.slice(0, 255))
  await press(first, 'Save')
  await first.getByRole('dialog').waitFor({ state: 'detached' })

  await field(second, 'Description').fill('by the second')
  await press(second, 'Save')
  const told = second.getByRole('alert').filter({ hasText: 'Somebody else changed this' })
  await told.getByText('was Crane, is now Crane of the first').waitFor()
  expect(await field(second, 'Description').inputValue()).toBe('by the second')
  await expectAccessible(second)
  await press(second, 'Save mine over it')
  await second.getByRole('heading', { name: 'Crane of the first', level: 1 }).waitFor()
  const asset = await world.api.data<Record<string, unknown>>('GET', `/api/v1/assets/${id}`)
  expect(asset).toMatchObject({ description: 'by the second', metadata: { owner: 'Ann' } })
  expect(asset['name']).toContain('Crane of the first')

  await press(second, 'Delete')
  await second.getByText('There is no way back').waitFor()
  await expectAccessible(second)
  await press(second, 'Delete asset')
  await title(second, 'Assets')
  await second.getByRole('link', { name: 'Crane of the first' }).waitFor({ state: 'detached' })
})

test('a file is tried, imported without its two bad lines, and exported', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  await open(page, 'Assets')
  await page.getByRole('link', { name: 'Import or export' }).click()
  await title(page, 'Import or export assets')
  await expectAccessible(page)
  const rows = Array.from({ length: 30 }, (_, nth) => `BOX-${nth},Box ${nth},B0C5${1000 + nth}`)
  const bad = [`BOX 31,${hostile},`, 'BOX-32,,']
  await page.getByLabel('File').setInputFiles({
    ...{ name: 'boxes.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(['external_key,name,tags.rfid', ...rows, ...bad].join('\r\n')),
  })
  await page.getByText('32 records').waitFor()
  await press(page, 'Dry run')
  await page
    .getByText(
      '30 would be made, 0 would be changed, 0 would stay as they are, 2 would be refused. Nothing was written.',
    )
    .waitFor()
  const refused = page.getByRole('table', { name: 'Refused lines' })
  await refused
    .getByRole('row')
    .filter({ hasText: '32' })
    .getByText('external_key must contain only')
    .waitFor()
  await refused.getByRole('row').filter({ hasText: '33' }).getByText('name is required').waitFor()
  await expectAccessible(page)
  const count = async (): Promise<number> =>
    (await world.api.data<unknown[]>('GET', '/api/v1/assets?q=BOX-&limit=200')).length
  expect(await count()).toBe(0)
  await press(page, 'Import')
  await page
    .getByText('30 made, 0 changed, 0 stayed as they are, 2 refused.', { exact: true })
    .first()
    .waitFor()
  expect(await count()).toBe(30)

  const download = page.waitForEvent('download')
  await press(page, 'Download assets.ndjson')
  const text = await (await download).createReadStream().then(async (stream) => {
    const parts: Buffer[] = []
    for await (const part of stream) parts.push(part as Buffer)
    return Buffer.concat(parts).toString('utf8')
  })
  expect(text.split('\n').filter((line) => line.includes('"BOX-'))).toHaveLength(30)
  for (const label of ['Locations', 'Readers', 'Antennas']) {
    await page
      .getByRole('navigation', { name: 'What is imported' })
      .getByRole('link', { name: label })
      .click()
    await title(page, `Import or export ${label.toLowerCase()}`)
    await expectAccessible(page)
  }
  expect(wrong).toEqual([])
})

test('one file at a time; who leaves an import stops it after its part, and is told how far it came', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  const parts: Route[] = []
  await page.route(/assets\/import\?/, (route) => void parts.push(route))
  const kinds = page.getByRole('navigation', { name: 'What is imported' })
  const beginAndLeave = async (number: number): Promise<Route> => {
    await page.getByLabel('File').setInputFiles({
      ...{ name: 'many.csv', mimeType: 'text/csv' },
      buffer: Buffer.from(['name', ...Array.from({ length: 1_001 }, (_, nth) => `Box ${nth}`)].join('\n')),
    })
    await press(page, 'Import')
    await waitUntil('a part is on its way', () => parts.length === number)
    expect(await page.getByLabel('File').isDisabled()).toBe(true)
    expect(await page.getByLabel('What to do').isDisabled()).toBe(true)
    // The browser asks before the page is closed.
    expect(await page.evaluate(`dispatchEvent(new Event('beforeunload', { cancelable: true }))`)).toBe(false)
    await kinds.getByRole('link', { name: 'Locations' }).click()
    await title(page, 'Import or export locations')
    return parts[number - 1] as Route
  }
  await page.goto(`${world.api.url}/console/import/assets`)
  const first = await beginAndLeave(1)
  const made = JSON.stringify({ line: 1, status: 'created', id: 1, external_key: null, error: null })
  await first.fulfill({ body: `${made}\n`.repeat(1_000) })
  await page.getByText(/^The import ended after 1,000 of 1,001 lines: 1,000 made, /).waitFor()
  expect(await violationsOn(page)).toEqual([])

  await kinds.getByRole('link', { name: 'Assets' }).click()
  await title(page, 'Import or export assets')
  const second = await beginAndLeave(2)
  await second.fulfill({ status: 500, body: '{}' })
  await page.getByText(/^The import ended after 0 of 1,001 lines: 0 made, .* the answer was 500$/).waitFor()
  expect(parts).toHaveLength(2)
  expect(await page.evaluate(`dispatchEvent(new Event('beforeunload', { cancelable: true }))`)).toBe(true)
  expect(wrong).toEqual([])
})

test('another organization sees none of it', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, anotherOrganization, signIn }: ConsoleInBrowser = opened.console
  const made = {
    asset: await world.api.data<{ id: number }>('POST', '/api/v1/assets', { name: 'Ours alone' }),
    location: await world.api.data<{ id: number }>('POST', '/api/v1/locations', { name: 'Ours alone' }),
    reader: await world.api.data<{ id: number }>('POST', '/api/v1/scan-devices', {
      ...{ name: 'Ours alone', external_key: 'ours-alone', type: 'x' },
    }),
  }
  const { page } = await signIn(scopes, await anotherOrganization())
  for (const [label, empty] of [
    ['Assets', 'No asset yet'],
    ['Locations', 'No location yet'],
    ['Readers', 'No reader yet'],
    ['Unknown tags', 'No unknown tag'],
  ] as const) {
    await open(page, label)
    await page.getByRole('heading', { name: empty }).waitFor()
  }
  await page.goto(`${world.api.url}/console/locations/live`)
  await page.getByRole('heading', { name: 'No location yet' }).waitFor()
  await page.getByText('0 assets are at a location now').waitFor()
  await expectAccessible(page)
  for (const path of [
    `assets/${made.asset.id}`,
    `locations/${made.location.id}`,
    `readers/${made.reader.id}`,
  ]) {
    await page.goto(`${world.api.url}/console/${path}`)
    await page.getByText('It is not there').waitFor()
  }
})
