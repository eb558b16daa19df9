/** Whoever runs the installation, at three in the morning, in Chromium: what is wrong, why, whose, and the way back. And that nobody else sees any of it. */
import { randomUUID } from 'node:crypto'
import { orgId } from '@scanhook/domain/ids'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import { endpointKey } from '@scanhook/schemas/keys'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames } from '@scanhook/schemas/topics'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, openConsole, violationsOn } from '../harness/console-in-browser.ts'
import { openTestKafka, testLog } from '../harness/open-test-kafka.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { serviceNames, type World } from '../harness/world.ts'

// The first run on a machine fetches the browser; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 300_000 })

const scopes = ['webhooks:read', 'webhooks:write', 'tracking:read']
/** Markup, and a direction that would turn what follows. */
const hostile = '<img src=x onerror="document.title=1"> \u202Erotkelas'
let opened: Opened
let producer: KafkaProducer | null = null

beforeAll(async () => {
  opened = await openConsole(serviceNames, { isOperator: true })
  if (opened.console !== null)
    producer = await openTestKafka(opened.console.world.env, 'operator-test').openProducer()
})
afterAll(async () => {
  await producer?.close()
  await opened?.console?.close()
})

async function publish(world: World, count: number): Promise<void> {
  const response = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      Array.from({ length: count }, () => ({
        type: 'shipment.created',
        data: { shipment: { id: `s-${randomUUID()}`, reference: 'BU-1341', status: 'pending' } },
      })),
    ),
  })
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`)
}

async function webhook(world: World, path: string, body: object = {}): Promise<number> {
  const { id } = await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url(path), ...body },
  })
  return id
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violationsOn(page)).toEqual([])
  }
}

test('a quiet installation is said to be well, with the figures that say so', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const { page, wrong } = await signIn(scopes)
  await page.getByRole('link', { name: 'Operator' }).click()
  await page.getByRole('heading', { name: 'All is well' }).waitFor()
  await page.getByText(/^In figures: .*no breaker is open/).waitFor()
  await page.getByRole('heading', { name: 'Nothing was set aside' }).waitFor()
  await page.getByRole('table', { name: 'Throughput' }).getByText('Events').waitFor()
  await page.getByRole('table', { name: 'Schema subjects' }).getByText('Registered').first().waitFor()
  expect(await page.getByText('Missing', { exact: true }).count()).toBe(0)
  await page.getByText('The last hour as a table').click()
  await page.getByText('Five minutes from').waitFor()
  await expectAccessible(page)
  // The prefix of all names is said once, and stands in no row.
  const groups = page.getByRole('table', { name: 'Consumer groups' })
  await groups.getByText('tracker', { exact: true }).waitFor()
  expect(await groups.getByText(world.prefix).count()).toBe(0)
  expect(await groups.getByTitle(`${world.prefix}tracker`, { exact: true }).count()).toBe(1)
  await page.getByText(`Names begin with ${world.prefix} in Kafka.`).waitFor()
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await expectAccessible(page)
  }
  expect(wrong).toEqual([])
  await page.close()
})

test('an endpoint that fails has an open breaker: whose, why, since when and when it is tried again', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  world.receiver.script('/secret-path', () => ({ status: 503 }))
  await webhook(world, '/secret-path', { name: hostile, event_types: ['shipment.created'] })
  await waitUntil('the failing endpoint gets an event', async () => {
    if (world.receiver.received('/secret-path').length > 0) return true
    await publish(world, 1)
    return false
  })
  await publish(world, 40)
  const { page, wrong } = await signIn(scopes)
  await page.getByRole('link', { name: 'Operator' }).click()
  const row = page
    .getByRole('table', { name: 'Endpoints that are held back' })
    .getByRole('row', { name: /Breaker open|Being probed/ })
  await row.waitFor()
  const text = (await row.textContent()) ?? ''
  expect(text).toContain(hostile)
  expect(text).toContain('the endpoint answered 503')
  await page.getByText(/is given a pause: the endpoint answered 503/).waitFor()
  await page
    .getByRole('table', { name: 'Endpoints that fail most' })
    .getByText('the endpoint answered 503')
    .waitFor()
  // Of its address the host is told, and no more.
  expect(await page.content()).not.toContain('secret-path')
  await expectAccessible(page)

  // Its owner sees it with the endpoint.
  const { webhooks } = await world.api.data<{ webhooks: readonly { breaker: unknown }[] }>(
    ...(['GET', '/api/v1/webhooks/activity'] as const),
  )
  expect(webhooks[0]?.breaker).toMatchObject({ since: expect.any(String), next_probe_at: expect.any(String) })

  // With Redis away nobody can tell, and everything else is told all the same.
  world.proxies.redis.cut()
  await page.getByRole('heading', { name: 'Not known for now' }).waitFor()
  await page.getByRole('link', { name: 'What to do: redis away' }).click()
  await page.getByRole('heading', { name: 'ScanhookRedisAway', level: 1 }).waitFor()
  await page.getByText('redis-cli -u "$REDIS_URL" ping').waitFor()
  await expectAccessible(page)
  world.proxies.redis.heal()
  expect(await page.title()).not.toBe('1')
  expect(wrong).toEqual([])
  await page.close()
})

test('what several endpoints gave up is sent again by one job, and arrives after they were mended', async ({
  skip,
}) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  const paths = ['/mended-1', '/mended-2']
  const ids = [await webhook(world, '/mended-1'), await webhook(world, '/mended-2')]
  await waitUntil('both endpoints are known', async () => {
    if (paths.every((path) => world.receiver.received(path).length > 0)) return true
    await publish(world, 1)
    return false
  })
  const codecs = await openCodecs({
    ...{ registryUrl: world.env['REGISTRY_URL'] ?? '', cacheDir: `${world.folder}/test-schemas` },
    ...{ prefix: world.prefix, log: testLog('operator-test'), mode: 'lookup' },
  })
  const org = orgId(world.orgId)
  await producer?.appendAll(
    ids.flatMap((id) =>
      Array.from({ length: 5 }, () => {
        const delivery = deliveryTo(id, { orgId: org })
        return {
          topic: topicNames(world.prefix).dead,
          key: endpointKey(delivery.endpointId),
          value: codecs.deliveries.encode({ ...delivery, event: { ...delivery.event, orgId: org } }),
        }
      }),
    ),
  )
  const { page } = await signIn(scopes)
  await page.getByRole('link', { name: 'Recovery' }).click()
  await page.getByRole('button', { name: 'Send again …' }).click()
  await page.getByLabel('To the endpoint').selectOption({ label: 'all endpoints' })
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Send again', exact: true }).click()
  await page.getByText('Dead deliveries from their topic').waitFor()
  await page.getByText('100 %, 10 sent').waitFor()
  // What they had got before is of another type.
  const arrived = (path: string) =>
    world.receiver.received(path).filter(({ body }) => body.includes('shipment.approved'))
  await waitUntil('all ten arrive', () => paths.every((path) => arrived(path).length === 5))
  await expectAccessible(page)
  await page.close()
})

test('a record that could not be read is found, put back, and seen when it comes back', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { world, signIn } = opened.console
  await producer?.append({
    ...{ topic: topicNames(world.prefix).reads, key: 'gate-1', value: Buffer.from(`no Avro: ${hostile}`) },
    headers: { 'x-sender': hostile },
  })
  const { page, wrong } = await signIn(scopes)
  await page.getByRole('link', { name: 'Operator' }).click()
  // What it is and how many, since when, what to do, and where its rows are.
  const finding = page
    .getByRole('listitem')
    .filter({ hasText: '1 record was set aside within the last hour' })
  await finding.getByText(/Since .+ \(.+ ago|just now\)/).waitFor()
  await finding.getByRole('link', { name: 'What to do: poison rising' }).waitFor()
  await finding.getByRole('link', { name: 'Look at: records that were set aside' }).click()
  expect(new URL(page.url()).hash).toBe('#poison')
  await page.getByLabel('Found by').selectOption('tracker')
  await page.getByRole('heading', { name: 'None of these' }).waitFor()
  await page.getByLabel('Found by').selectOption('producer')
  await page.getByLabel('Reason').selectOption('bad_magic')
  expect(page.url()).toContain('reason=bad_magic')
  await page.getByText(/^reads, partition \d+, offset \d+$/).waitFor()
  await page.getByRole('button', { name: /^Look at/ }).click()
  const value = await page.getByRole('region', { name: 'the value' }).textContent()
  expect(value).toBe(`no Avro: ${hostile}`)
  await expectAccessible(page)
  // What is announced while a dialog is open stands in it: all around it is inert, and read to nobody.
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Copy .*value/ }).click()
  await dialog
    .getByRole('status')
    .getByText(/the value/)
    .waitFor()
  expect(
    await page
      .getByRole('status')
      .getByText(/^(Copied|The browser did not)/)
      .count(),
  ).toBe(1)
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('checkbox', { name: /^Choose / }).check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Put back 1' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Put back' }).click()
  await page.getByText('1 record was put back.').waitFor()
  // It was not mended, so the producer sets it aside again: it did go to its topic.
  await waitUntil('it is set aside again', async () => {
    await page.reload()
    await page.getByText('Put back', { exact: true }).waitFor()
    return (await page.getByText('Set aside again', { exact: true }).count()) === 1
  })
  await expectAccessible(page)
  expect(await page.title()).not.toBe('1')
  expect(wrong).toEqual([])
  const log = await world.api.data<readonly { resource: { name: string } }[]>(
    ...(['GET', '/api/v1/audit-log?operation=poison_record.replayed'] as const),
  )
  expect(log.map(({ resource }) => resource.name)).toEqual([topicNames(world.prefix).reads])
  await page.close()
})

test('whoever does not run the installation sees neither the entry nor anything of it', async ({ skip }) => {
  if (opened.console === null) return skip(opened.whyNot)
  const { signIn, anotherOrganization, world } = opened.console
  const { page } = await signIn(scopes, await anotherOrganization())
  await page.getByRole('link', { name: 'Recovery' }).waitFor()
  expect(await page.getByRole('link', { name: 'Operator' }).count()).toBe(0)
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/operator')) asked.push(request.url())
  })
  await page.goto(`${world.api.url}/console/operator`)
  await page.getByRole('heading', { name: 'This is for whoever runs the installation' }).waitFor()
  expect(asked).toEqual([])
  expect(
    await page.evaluate(
      "fetch('/api/v1/operator/tenants', { headers: { 'x-scanhook-console': '1' } }).then((r) => r.status)",
    ),
  ).toBe(403)
  await expectAccessible(page)
  await page.close()
})
