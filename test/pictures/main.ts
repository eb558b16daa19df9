/**
 * `npm run -s pictures`: takes the pictures of docs/console anew, in light and dark, from the console as it is built here, on a
 * demonstration organization. Nothing compares them: they are looked at.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { provideInfrastructure } from '@scanhook/stack/provide-infrastructure'
import type { Page } from 'playwright-core'
import { openConsole } from '../harness/console-in-browser.ts'
import { exampleOf } from '../harness/console-screens.ts'
import { freePort } from '../harness/free-port.ts'
import { root } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishDemo } from './furnish-demo.ts'

const scopes = [
  ...['assets:read', 'assets:write', 'locations:read', 'locations:write', 'tracking:read'],
  ...['webhooks:read', 'webhooks:write', 'keys:admin'],
]

const screens = [
  ['webhooks', '/webhooks'],
  ['endpoint', '/webhooks/$webhookId'],
  ['deliveries', '/deliveries'],
  ['delivery', '/deliveries/$deliveryId'],
  ['events', '/events'],
  ['event', '/events/$eventId'],
  ['assets', '/assets'],
  ['asset', '/assets/$assetId'],
  ['locations', '/locations'],
  ['location', '/locations/$locationId'],
  ['live-map', '/locations/live'],
  ['readers', '/readers'],
  ['import', '/import/$kind'],
  ['unknown-tags', '/unknown-tags'],
  ['catalogue', '/catalogue'],
  ['event-type', '/catalogue/$eventType'],
  ['api-keys', '/api-keys'],
  ['audit-log', '/audit-log'],
  ['recovery', '/recovery'],
  ['operator', '/operator'],
] as const

const size = { width: 1280, height: 800 }

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

async function take(page: Page, name: string): Promise<void> {
  const folder = join(root, 'docs/console')
  mkdirSync(folder, { recursive: true })
  // Where the pointer or the focus happened to be says nothing.
  await page.mouse.move(0, 0)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
  say(name)
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await waitUntil('nothing is waited for', () =>
    page.evaluate<boolean>(`document.querySelector('main [data-loading], main [aria-busy=true]') === null`),
  )
}

async function takeFlow(page: Page, url: string, receiver: string): Promise<void> {
  await page.goto(`${url}/console/webhooks/new`)
  await page.getByLabel('Endpoint URL').fill(receiver)
  await settled(page)
  await take(page, 'add-endpoint')
  await page.getByRole('button', { name: 'Create and send test' }).click()
  await page.getByText('Delivered', { exact: true }).waitFor()
  await take(page, 'first-delivery')
  await page.goto(`${url}/console/inspector`)
  await page.getByRole('button', { name: 'Start inspecting' }).click()
  await page.getByText('Listening', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('Verified', { exact: true }).waitFor()
  await take(page, 'inspector')
}

async function takeAll(): Promise<void> {
  const relay = await freePort()
  const opened = await openConsole(['api', 'dispatcher', 'retry', 'recorder'], {
    isOperator: true,
    env: {
      API_RELAY_URL: `http://127.0.0.1:${relay}`,
      API_RELAY_PORT: `${relay}`,
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  if (opened.console === null) throw new Error(opened.whyNot)
  const { world, signIn, close } = opened.console
  try {
    const { ids } = await furnishDemo(world)
    const { page } = await signIn(scopes)
    await page.setViewportSize(size)
    for (const [name, path] of screens) {
      await page.goto(`${world.api.url}/console${exampleOf(path, ids)}`)
      await settled(page)
      await take(page, name)
    }
    await takeFlow(page, world.api.url, world.receiver.url('/first'))
  } finally {
    await close()
  }
}

const infrastructure = await provideInfrastructure(process.env, say)
Object.assign(process.env, infrastructure.addresses)
try {
  await takeAll()
} finally {
  await infrastructure.release()
}
