/** From the link into the console to a verified delivery, in Chromium, counted in clicks; and what axe-core says of each screen. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'
import { freePort } from '../harness/free-port.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

let opened: Opened

beforeAll(async () => {
  const relay = await freePort()
  opened = await openConsole(['api', 'dispatcher', 'retry', 'recorder'], {
    env: {
      ...{ API_RELAY_URL: `http://127.0.0.1:${relay}`, API_RELAY_PORT: `${relay}` },
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
})
afterAll(() => opened?.console?.close())

/** What a person does, counted. */
interface Counted {
  readonly page: Page
  readonly clicked: string[]
  readonly filled: string[]
  readonly click: (role: 'link' | 'button' | 'checkbox', name: string) => Promise<void>
  readonly fill: (label: string, text: string) => Promise<void>
}

function counted(page: Page): Counted {
  const [clicked, filled]: [string[], string[]] = [[], []]
  return {
    ...{ page, clicked, filled },
    click: async (role, name) => {
      clicked.push(name)
      await page.getByRole(role, { name, exact: true }).click()
    },
    fill: async (label, text) => {
      filled.push(label)
      await page.getByLabel(label).fill(text)
    },
  }
}

/** As after a step to another screen: what is new is heard, and the secret is in view. */
async function atTheTop(page: Page): Promise<void> {
  const isThere = `document.activeElement.textContent === 'Endpoint added' && scrollY === 0`
  await waitUntil('the heading has the focus, at the top', () => page.evaluate<boolean>(isThere))
}

async function secretOn(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Reveal' }).click()
  const secret = (await page.locator('code', { hasText: 'whsec_' }).textContent()) ?? ''
  await page.getByRole('button', { name: 'Hide' }).click()
  expect(await page.locator('code', { hasText: 'whsec_' }).textContent()).toBe(`whsec_…${secret.slice(-4)}`)
  return secret
}

test('one click and one field, because where there is no endpoint the first screen is the form; a link to it is there as well', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, token, wrong } = await signIn(['webhooks:read', 'webhooks:write'])
  const { clicked, filled, click, fill } = counted(page)

  expect(page.url()).not.toContain(token)
  await page.getByLabel('Endpoint URL').waitFor()
  // The field is where somebody who pastes a URL expects to be.
  await page.waitForFunction("document.activeElement?.getAttribute('type') === 'url'")
  expect(await violationsOn(page)).toEqual([])
  await fill('Endpoint URL', 'https://nobody.invalid/hook')
  await page.getByRole('listitem').filter({ hasText: 'It must' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  filled.length = 0
  await fill('Endpoint URL', world.receiver.url('/first'))
  await page.getByText('This installation allows it by name.').waitFor()
  await click('button', 'Create and send test')
  await atTheTop(page)
  await page.getByText('Delivered', { exact: true }).waitFor()
  expect([clicked, filled]).toEqual([['Create and send test'], ['Endpoint URL']])

  // It is shown once: nobody has to look for it on a small laptop's screen.
  await page.setViewportSize({ width: 1280, height: 800 })
  const box = await page.getByRole('button', { name: 'Copy secret' }).boundingBox()
  expect(box?.y).toBeGreaterThan(0)
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(800)
  const secret = await secretOn(page)
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
  // To the list, which has the same address.
  await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('tab', { name: 'Signing' }).click()
  await page.getByRole('region', { name: 'the program in Node' }).waitFor()
  await click('button', 'Rotate the secret…')
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  const rotated = await secretOn(page)
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

test('three clicks and no field with the inspector: the same page shows the request as it arrived, verified', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { page, wrong } = await opened.console.signIn(['webhooks:read', 'webhooks:write'])
  const { clicked, filled, click } = counted(page)
  await click('link', 'Add Webhook Endpoint')
  await click('checkbox', 'No URL yet? Use the built-in inspector')
  expect(await violationsOn(page)).toEqual([])
  await click('button', 'Create and send test')
  await atTheTop(page)
  await page.getByText('Verified', { exact: true }).waitFor()
  await page.getByText('The signature is right, and its timestamp is of now.').waitFor()
  await page.getByText('Delivered', { exact: true }).waitFor()
  expect([clicked.length, filled]).toEqual([3, []])
  expect(await violationsOn(page)).toEqual([])
  await page.getByRole('link', { name: 'To the endpoint' }).click()
  await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor()
  expect(wrong).toEqual([])
})
