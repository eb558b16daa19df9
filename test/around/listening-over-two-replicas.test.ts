/**
 * `scanhook listen` where the API runs twice, behind one address for clients and one for senders: whichever process either comes
 * to, deliveries arrive; and when one process dies, the other goes on.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { type CommandOptions, type RunningCommand, startCommand } from '../harness/command-line.ts'
import { freePort } from '../harness/free-port.ts'
import { type Holding, type HoldingProxy, startHoldingProxy } from '../harness/holding-proxy.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

interface Replica {
  readonly process: ServiceProcess
  readonly apiPort: number
  readonly relayPort: number
  readonly api: ApiClient
}

let world: World
let a: Replica
let b: Replica
/** What a Service of Kubernetes is: each leads to the replica that the test says. */
const clients = { host: '127.0.0.1', port: 0 }
const senders = { host: '127.0.0.1', port: 0 }
let fronts: readonly TcpProxy[] = []
/** Before the address for clients: what lets no stream through. */
let proxies: readonly HoldingProxy[] = []
let at: CommandOptions

beforeAll(async () => {
  const [clientFront, senderFront] = [await startTcpProxy(clients), await startTcpProxy(senders)]
  fronts = [clientFront, senderFront]
  const relayPort = await freePort()
  world = await openWorld({
    timeScale: 20,
    env: {
      API_RELAY_URL: `http://127.0.0.1:${senderFront.port}`,
      API_RELAY_PORT: `${relayPort}`,
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  const apiPort = Number(world.env['API_PORT'])
  a = { process: world.services.api, apiPort, relayPort, api: world.api }
  b = await secondReplica()
  await startServices(world, ['api', 'dispatcher', 'retry', 'recorder'])
  await b.process.start()
  at = {
    cwd: world.folder,
    env: { SCANHOOK_URL: `http://127.0.0.1:${clientFront.port}`, SCANHOOK_API_KEY: world.apiKey },
  }
})
afterAll(async () => {
  await b?.process.kill()
  await Promise.all([...fronts, ...proxies].map((each) => each.close()))
  await world?.close()
})

async function secondReplica(): Promise<Replica> {
  const [apiPort, relayPort] = [await freePort(), await freePort()]
  const env = { ...world.env, API_PORT: `${apiPort}`, API_RELAY_PORT: `${relayPort}` }
  return {
    ...{ apiPort, relayPort },
    process: await serviceProcess('api', env, world.folder),
    api: apiClient(`http://127.0.0.1:${apiPort}`, world.apiKey),
  }
}

/** Clients come to the one, senders to the other. */
function lead(client: Replica, sender: Replica): void {
  clients.port = client.apiPort
  senders.port = sender.relayPort
}

async function listen(
  path: string,
  options = at,
): Promise<{ readonly id: string; readonly command: RunningCommand }> {
  const command = startCommand(['listen', `${world.receiver.port}`, '--path', path], options)
  return { command, id: await command.printed(/Ready: webhook (\d+)/) }
}

async function end(command: RunningCommand): Promise<void> {
  command.signal('SIGINT')
  expect((await command.ended).code).toBe(0)
}

/** The id of its event, which is that of the message. */
async function trigger(api: ApiClient, id: string): Promise<string> {
  const { body } = await api.call('POST', `/api/v1/webhooks/${id}/trigger`, { event_type: 'asset.moved' })
  return (body['data'] as { readonly event_id: string }).event_id
}

const arrived = (path: string): ReadonlySet<unknown> =>
  new Set(world.receiver.received(path).map(({ body }) => JSON.parse(body).id))

test.each([
  ['its own', () => [a, a]],
  ['the other', () => [a, b]],
  ['the other, the other way round', () => [b, a]],
] as const)('the stream is at one replica, the sender comes to %s', async (name, of) => {
  const [client, sender] = of() as [Replica, Replica]
  lead(client, sender)
  const path = `/${name.length}`
  const { id, command } = await listen(path)
  const event = await trigger(sender.api, id)
  await command.printed(/(<-- \[200\])/)
  expect(arrived(path)).toEqual(new Set([event]))
  // What the one says of it, the other says, too.
  for (const { api } of [a, b])
    expect(await api.data('GET', '/api/v1/listeners')).toEqual([
      { webhook_id: Number(id), is_connected: true },
    ])
  await waitUntil('the log has the answer of the local server', async () => {
    const all = await sender.api.data('GET', `/api/v1/deliveries?webhook_id=${id}`)
    return (all as readonly { readonly state: string }[])[0]?.state === 'delivered'
  })
  await end(command)
  expect(await client.api.data('GET', '/api/v1/listeners')).toEqual([])
})

test('a replica dies: the listener goes on at the other one, and no delivery is lost', async () => {
  lead(a, a)
  const { id, command } = await listen('/dies')
  const events = [await trigger(b.api, id)]
  await command.printed(/(<-- \[200\])/)
  const burst = Array.from({ length: 20 }, () => trigger(b.api, id))
  // Neither the stream nor the senders hear a goodbye.
  const killed = a.process.kill()
  lead(b, b)
  await killed
  events.push(...(await Promise.all(burst)))
  events.push(await trigger(b.api, id))
  await waitUntil('all have arrived', async () => events.every((each) => arrived('/dies').has(each)))
  await a.process.start()
  // It knows of the listener, although it has never seen this stream.
  lead(b, a)
  const last = await trigger(a.api, id)
  await waitUntil('the last one has arrived', async () => arrived('/dies').has(last))
  await end(command)
})

test('a replica is stopped as a roll-out stops it: the stream ends, and the listener comes again elsewhere', async () => {
  lead(a, a)
  const { id, command } = await listen('/rolls')
  const stopped = a.process.terminate()
  lead(b, b)
  expect((await stopped).code).toBe(0)
  const event = await trigger(b.api, id)
  await waitUntil('it has arrived', async () => arrived('/rolls').has(event))
  await end(command)
  await a.process.start()
})

test('behind proxies that hold streams back, listen and tail ask in answers that end: each delivery comes once, and is shown once', async () => {
  lead(a, b)
  const held: readonly Holding[] = ['answers', 'headers']
  proxies = await Promise.all(
    held.map(async (what) => {
      const proxy = await startHoldingProxy(at.env?.['SCANHOOK_URL'] ?? '')
      proxy.hold(what)
      return proxy
    }),
  )
  await Promise.all(proxies.map(({ url }, index) => followBehind(url, `/held-${held[index]}`)))
})

async function followBehind(url: string, path: string): Promise<void> {
  const options = { ...at, env: { ...at.env, SCANHOOK_URL: url } }
  const tail = startCommand(['deliveries', 'tail', '-o', 'json'], options)
  const { id, command } = await listen(path, options)
  expect(command.stderr()).toContain('no stream comes through')
  const events = await Promise.all(Array.from({ length: 20 }, () => trigger(b.api, id)))
  await waitUntil('all have arrived', async () => events.every((each) => arrived(path).has(each)))
  // Answered in time, so that none was sent a second time; and none was handed over twice.
  expect(world.receiver.received(path)).toHaveLength(events.length)
  const shown = (): readonly Readonly<Record<string, unknown>>[] =>
    tail
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
      .filter((attempt) => String(attempt['webhook_id']) === id)
  await waitUntil('tail has shown them', () => shown().length >= events.length)
  expect(tail.stderr()).toContain('no stream comes through')
  await end(command)
  await end(tail)
  expect(shown().map((attempt) => attempt['response_status'])).toEqual(events.map(() => 200))
}
