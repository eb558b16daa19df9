/** `scanhook deliveries tail` and `resend` over a whole Scanhook of processes, with a connection that breaks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishSteadily } from '../bench/publish-steadily.ts'
import { shipment } from '../bench/shipment.ts'
import { type CommandOptions, runCommand, startCommand } from '../harness/command-line.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let proxy: TcpProxy
let at: CommandOptions
let webhook = 0

beforeAll(async () => {
  world = await openWorld()
  await startServices(world, ['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder', 'reconciler'])
  proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(world.api.url).port) })
  at = {
    cwd: world.folder,
    env: { SCANHOOK_URL: `http://127.0.0.1:${proxy.port}`, SCANHOOK_API_KEY: world.apiKey },
  }
  const made = await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
    ...{ url: world.receiver.url('/tail'), name: 'Tail', event_types: ['shipment.approved'] },
  })
  webhook = made.id
})
afterAll(async () => {
  await proxy?.close()
  await world?.close()
})

const received = (): number => world.receiver.received('/tail').length

async function publish(name: string, count: number): Promise<void> {
  const producer = await openTestKafka(world.env, `tail-${name}`).openProducer()
  const make = (index: number) => shipment(world.prefix, world.orgId, `${name}-${index}`)
  await publishSteadily(producer, { perSecond: 200, make, isOver: (index) => index >= count })
  await producer.close()
}

test('tail shows each attempt once, also those that were made while the connection was broken', async () => {
  let tries = 0
  await waitUntil('the new webhook gets events', async () => {
    tries += 1
    await publish(`first-${tries}`, 1)
    return received() > 0
  })
  const tail = startCommand(
    ['deliveries', 'tail', '--since', '10m', '--webhook', String(webhook), '--status', '2xx', '-o', 'json'],
    at,
  )
  const lines = (): readonly string[] => tail.stdout().trim().split('\n').filter(Boolean)
  await waitUntil('what was before is shown', () => lines().length > 0)
  await publish('before', 40)
  await waitUntil('they are shown', () => lines().length >= 41)
  proxy.cut()
  const before = received()
  await publish('meanwhile', 40)
  await waitUntil('they are delivered', () => received() >= before + 40)
  proxy.heal()
  await publish('after', 40)
  await waitUntil('all are delivered', () => received() >= before + 80)
  await waitUntil('all are shown', () => lines().length >= received())
  expect(tail.stderr()).toContain('connected again')
  tail.signal('SIGINT')
  expect((await tail.ended).code).toBe(0)
  const shown = lines().map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const ids = shown.map((each) => `${each['delivery_id']} ${each['started_at']}`)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(shown.map((each) => each['delivery_id'])).size).toBe(
    new Set(world.receiver.received('/tail').map(({ headers }) => headers['webhook-id'])).size,
  )
})

test('resend tells how many are meant, sends them again as a job, and says how it ended', async () => {
  const meant = ['--state', 'delivered', '--webhook', String(webhook)] as const
  const counted = await runCommand(['resend', ...meant, '--dry-run', '-o', 'quiet'], at)
  const count = Number(counted.stdout)
  expect([counted.code, count]).toEqual([0, received()])
  const sent = await runCommand(['resend', ...meant, '--per-second', '500', '-o', 'json'], at)
  expect(sent.code).toBe(0)
  expect(JSON.parse(sent.stdout)).toMatchObject({
    ...{ kind: 'resend', state: 'done', filter: { webhook_id: [webhook], state: ['delivered'] } },
    progress: { enqueued: count, total: count, percent: 100 },
  })
  expect(sent.stderr).toContain(`of ${count} sent again`)
  await waitUntil('each comes once more', () => received() >= 2 * count)
  for (const words of [['resend'], ['resend', '0b9d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69', ...meant]])
    expect((await runCommand(words, at)).code).toBe(2)
})
