/**
 * API, dispatcher and retry tiers over a topic prefix and a database of their own, in this process: endpoints are changed
 * over HTTP while their deliveries, written straight to `deliveries`, are in flight.
 */
import { apiService } from '@scanhook/api/service'
import { dispatcherService } from '@scanhook/dispatcher/service'
import type { Delivery } from '@scanhook/domain/delivery'
import { orgId as orgIdOf } from '@scanhook/domain/ids'
import { scopes } from '@scanhook/domain/scope'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase } from '@scanhook/postgres/test-database'
import { retryService } from '@scanhook/retry/service'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { endpointKey } from '@scanhook/schemas/keys'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { waitUntil } from './wait-until.ts'

export interface WebhookRow {
  readonly id: number
  readonly secret: string
  readonly previous_secrets: readonly unknown[]
}

export interface DeliveringApi {
  readonly own: OwnTopics
  readonly pg: Postgres
  /** For a command that is run beside the services. */
  readonly env: Readonly<Record<string, string>>
  /** Starts all three, with this ring; those that ran are stopped first. */
  readonly start: (secretKeys: string) => Promise<void>
  readonly stop: () => Promise<void>
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
  readonly post: (path: string, body?: unknown) => Promise<WebhookRow>
  readonly receiver: (answer: Answer) => Promise<RawReceiver>
  /** A webhook of ours at the receiver. */
  readonly webhookAt: (receiver: RawReceiver) => Promise<WebhookRow>
  readonly send: (endpoint: number, count: number) => Promise<readonly Delivery[]>
  /**
   * Resolves when the dispatcher knows every change of an endpoint that was acknowledged before the call: a webhook that is
   * made now, behind them in the outbox and on the only partition, has got a delivery.
   */
  readonly followed: () => Promise<void>
  readonly failures: readonly string[]
  readonly close: () => Promise<void>
}

export interface DeliveringApiOptions {
  readonly name: string
  readonly timeScale: number
  readonly endpointConcurrency?: number
}

export async function openDeliveringApi(options: DeliveringApiOptions): Promise<DeliveringApi> {
  // One partition: announcements have one order.
  const own = await ownTopics(options.name, 1)
  const database = await createTestDatabase(options.name, process.env['POSTGRES_URL'])
  const pg = openPostgres({ url: database.url, log: silentLog })
  const orgId = (await organizations(pg).ensure('Acme')).id
  const { token } = await apiKeys(pg).create(orgId, { name: 'test', scopes })
  const env = {
    ...own.env,
    POSTGRES_URL: database.url,
    WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    TIME_SCALE: `${options.timeScale}`,
    DISPATCHER_ENDPOINT_CONCURRENCY: `${options.endpointConcurrency ?? 64}`,
    API_PORT: '0',
    API_RATE_LIMIT_PER_MINUTE: '100000',
    API_RATE_LIMIT_BURST: '100000',
  }
  const failures: string[] = []
  const receivers: RawReceiver[] = []
  let running: StartedService[] = []
  let url = ''

  async function stop(): Promise<void> {
    for (const service of running.splice(0).reverse()) await service.stop()
  }

  const it: DeliveringApi = {
    own,
    pg,
    env,
    failures,
    stop,
    start: async (secretKeys) => {
      await stop()
      const info = (fields: unknown): void => {
        if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
      }
      running = await Promise.all(
        [apiService, dispatcherService, retryService].map((definition) =>
          startService(
            definition as typeof apiService,
            { ...env, SECRET_KEYS: secretKeys },
            {
              log: { ...silentLog, info },
              onFail: (reason, error) => void failures.push(`${reason}: ${error}`),
            },
          ),
        ),
      )
    },
    call: (method, path, body, headers = {}) =>
      fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    post: async (path, body) => {
      const response = await it.call('POST', path, body)
      const text = await response.text()
      if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`)
      return (JSON.parse(text) as { readonly data: WebhookRow }).data
    },
    receiver: async (answer) => {
      const receiver = await openRawReceiver(answer)
      receivers.push(receiver)
      return receiver
    },
    webhookAt: (receiver) => it.post('/webhooks', { url: `http://127.0.0.1:${receiver.port}/hook` }),
    send: async (endpoint, count) => {
      const org = orgIdOf(orgId)
      const all = Array.from({ length: count }, () => {
        const delivery = deliveryTo(endpoint, { orgId: org })
        return { ...delivery, event: { ...delivery.event, orgId: org } }
      })
      await own.producer.appendAll(
        all.map((delivery) => ({
          topic: own.topics.deliveries,
          key: endpointKey(delivery.endpointId),
          value: own.codecs.deliveries.encode(delivery),
        })),
      )
      return all
    },
    followed: async () => {
      const marker = await it.receiver(answerWith(200))
      await it.send((await it.webhookAt(marker)).id, 1)
      await waitUntil('the dispatcher follows', () => marker.requests.length > 0)
    },
    close: async () => {
      await stop()
      for (const receiver of receivers) await receiver.close()
      await pg.close()
      await database.drop()
      await own.close()
    },
  }
  return it
}
