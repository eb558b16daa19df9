/**
 * The runbook of docs/runbooks/rotate-secret-keys.md, done: a new key in front of the ring, the command, the old key out.
 * Everything that was signed and answered under the old ring is so under the new key alone.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { verify } from '@scanhook/signing/verify'
import { answerWith, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveringApi, openDeliveringApi, type WebhookRow } from '../harness/delivering-api.ts'
import { ofNode, root } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const oldKey = `k1:${Buffer.alloc(32, 1).toString('base64')}`
const newKey = `k2:${Buffer.alloc(32, 2).toString('base64')}`

let it: DeliveringApi

beforeAll(async () => {
  it = await openDeliveringApi({ name: 'reseal', timeScale: 100 })
})
afterAll(async () => {
  await it?.close()
  expect(it?.failures).toEqual([])
})

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function secrets(secretKeys: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'services/setup/src/secrets-main.ts'), 'reseal', ...args],
      { cwd: root, env: { ...ofNode, ...it.env, SECRET_KEYS: secretKeys } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

async function signersOf(
  receiver: RawReceiver,
  webhook: WebhookRow,
  candidates: readonly string[],
): Promise<readonly string[]> {
  const before = receiver.requests.length
  await it.send(webhook.id, 1)
  await waitUntil('it is delivered', () => receiver.requests.length > before)
  const { head = '', body = '' } = receiver.requests.at(-1) ?? {}
  const headers = Object.fromEntries(
    [...head.matchAll(/^(webhook-[a-z]+): (.*)$/gim)].map(([, name = '', value = '']) => [
      name,
      value.trim(),
    ]),
  )
  const nowS = Number(headers['webhook-timestamp'])
  return candidates.filter(
    (secret) => verify({ profile: 'standard', headers, body, secrets: [secret], nowS, toleranceS: 1 }).ok,
  )
}

test('a key of the ring is replaced while customers go on: same secrets, same kept answers, and the old key is needed by nobody', async () => {
  await it.start(oldKey)
  const receiver = await it.receiver(answerWith(200))
  const hook = { url: `http://127.0.0.1:${receiver.port}/hook` }
  const idempotent = { 'idempotency-key': 'once' }
  const created = await (await it.call('POST', '/webhooks', hook, idempotent)).text()
  const webhook = (JSON.parse(created) as { readonly data: WebhookRow }).data
  const { secret: second } = await it.post(`/webhooks/${webhook.id}/rotate-secret`, { overlap_hours: 1 })
  const both = [webhook.secret, second]
  await it.followed()
  expect(await signersOf(receiver, webhook, both)).toEqual(both)

  await it.start(`${newKey},${oldKey}`)
  const dry = await secrets(`${newKey},${oldKey}`, '--dry-run', '--json')
  expect([dry.code, dry.stderr]).toEqual([0, ''])
  expect(JSON.parse(dry.stdout)).toMatchObject({
    sealing_key: 'k2',
    resealed: { endpoint_secrets: 3, idempotency_keys: 1 },
    under_key: { endpoint_secrets: { k1: 3 }, idempotency_keys: { k1: 1 }, master_data: { k1: 3 } },
    removable_keys: [],
    needed_keys: ['k1'],
  })
  // Too early: what the key still seals does not open without it, and is named.
  const early = await secrets(newKey, '--dry-run')
  expect([early.code, early.stdout]).toEqual([1, expect.stringContaining(`endpoint ${webhook.id}, secret`)])
  const ran = await secrets(`${newKey},${oldKey}`)
  expect([ran.code, ran.stderr]).toEqual([0, ''])
  expect(ran.stdout).toContain('k1 may be taken out of SECRET_KEYS')
  for (const { stdout, stderr } of [dry, early, ran])
    for (const secret of [...both, oldKey.slice(3), newKey.slice(3), 'v1.'])
      expect(stdout + stderr).not.toContain(secret)
  const again = await secrets(`${newKey},${oldKey}`, '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({
    resealed: { endpoint_secrets: 0, idempotency_keys: 0 },
    under_key: { endpoint_secrets: { k2: 3 }, master_data: { k2: 3 }, outbox: {} },
    removable_keys: ['k1'],
    needed_keys: [],
  })

  await it.start(newKey)
  expect(await signersOf(receiver, webhook, both)).toEqual(both)
  const replayed = await it.call('POST', '/webhooks', hook, idempotent)
  expect([replayed.status, replayed.headers.get('idempotency-replayed'), await replayed.text()]).toEqual([
    201,
    'true',
    created,
  ])
})

test('without an api that carries the outbox an old key counts as needed; what it is asked wrongly it says', async () => {
  await it.start(oldKey)
  await it.webhookAt(await it.receiver(answerWith(200)))
  await it.followed()
  await it.stop()
  const alone = await secrets(`${newKey},${oldKey}`, '--patience-ms', '0', '--json')
  expect(alone.code).toBe(1)
  expect(JSON.parse(alone.stdout)).toMatchObject({ needed_keys: ['k1'], under_key: { outbox: { k2: 2 } } })
  for (const [keys, ...args] of [
    [oldKey, '--patience-ms', 'soon'],
    ['k1:short'],
    [oldKey, 'too', 'much'],
  ] as const)
    expect((await secrets(keys ?? '', ...args)).code).toBe(2)
})
