/** The console of a world, as a person with a browser sees it: built, signed in by a link, and watched for what must not happen. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { type ApiClient, apiClient } from './api-client.ts'
import { provideBrowser } from './browser.ts'
import { root } from './service-process.ts'
import {
  openWorld,
  runStep,
  type ServiceName,
  startServices,
  type World,
  type WorldOptions,
} from './world.ts'

export interface Visit {
  readonly page: Page
  /** The token of the link that was followed. */
  readonly token: string
  /** What must not happen, and did: dialogs, errors of the page, what the policy refused, requests to anywhere else. */
  readonly wrong: readonly string[]
}

export interface ConsoleInBrowser {
  readonly world: World
  /** Follows a link of the organization whose key `api` has; each visit has cookies of its own. */
  signIn(scopes: readonly string[], api?: ApiClient): Promise<Visit>
  /** Another organization of the same installation, with every scope. */
  anotherOrganization(): Promise<ApiClient>
  close(): Promise<void>
}

/** `console`, or the reason why there is none: a test is skipped with it. */
export type Opened =
  | { readonly console: ConsoleInBrowser; readonly whyNot: null }
  | { readonly console: null; readonly whyNot: string }

/** The first call on a machine fetches the browser: give the hook minutes. */
export async function openConsole(services: readonly ServiceName[], options?: WorldOptions): Promise<Opened> {
  const { browser, whyNot } = await provideBrowser()
  if (browser === null) return { console: null, whyNot }
  const turbo = join(root, 'node_modules/turbo/bin/turbo')
  execFileSync(process.execPath, [turbo, 'run', 'build', '--output-logs=errors-only'], { cwd: root })
  const world = await openWorld(options)
  await startServices(world, [...services])
  return {
    whyNot: null,
    console: {
      world,
      signIn: (scopes, api = world.api) => visit(browser, api, scopes),
      anotherOrganization: async () => {
        const seed = await runStep('services/setup/src/seed-main.ts', ['--org', 'Other', '--json'], world.env)
        return apiClient(world.api.url, (JSON.parse(seed) as { api_key: string }).api_key)
      },
      close: async () => {
        await browser.close()
        await world.close()
      },
    },
  }
}

async function visit(browser: Browser, api: ApiClient, scopes: readonly string[]): Promise<Visit> {
  const { token } = await api.data<{ token: string }>('POST', '/api/v1/portal-links', { scopes })
  const context = await browser.newContext()
  // Ends a broken run: some figures are asked for twice a minute only.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) wrong.push(message.text())
  })
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (origin !== api.url && protocol !== 'data:' && protocol !== 'blob:')
      wrong.push(`asked ${request.url()}`)
  })
  await page.goto(`${api.url}/console/sign-in#token=${token}`)
  await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor()
  return { page, token, wrong }
}

/**
 * Rules of axe-core that the page breaks, each with its first element: all that it knows of WCAG 2.2 AA (target-size is off unless
 * it is asked for) and its best practices.
 */
export async function violationsOn(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate(
    `axe.run({ rules: { 'target-size': { enabled: true } } })
      .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 300)]))`,
  )
}
