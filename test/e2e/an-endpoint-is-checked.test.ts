/** What a check says of real receivers, through the API, Kafka, the dispatcher, the recorder and back; and what it leaves alone. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import type { Script } from '../harness/receiver.ts'
import { verifyStandard } from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

interface Check {
  readonly id: string
  readonly state: string
  readonly verdict: string | null
  readonly overlap: { readonly accepts: string; readonly message: string } | null
  readonly findings: readonly {
    readonly name: string
    readonly verdict: string
    readonly message: string
    readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string } | null
    readonly response: { readonly status: number | null; readonly error_class: string | null } | null
  }[]
}

let world: World

beforeAll(async () => {
  world = await openWorld()
  await startServices(world, ['api', 'dispatcher', 'retry', 'recorder'])
})
afterAll(async () => {
  await world?.close()
})

async function check({ id }: RegisteredEndpoint): Promise<Check> {
  const { status, body } = await world.api.call('POST', `/api/v1/webhooks/${id}/check`)
  const made = body['data'] as Check
  expect([
    [200, 'done'],
    [202, 'running'],
  ]).toContainEqual([status, made.state])
  return made.state === 'done' ? made : ended(id, made.id)
}

async function ended(webhook: number, id: string): Promise<Check> {
  let found: Check | undefined
  await waitUntil('the check is over', async () => {
    const { body } = await world.api.call('GET', `/api/v1/webhooks/${webhook}/checks/${id}`)
    found = body['data'] as Check | undefined
    return found?.state === 'done'
  })
  if (found === undefined) throw new Error('there is no check')
  return found
}

const verdictsOf = ({ findings }: Check): Readonly<Record<string, string>> =>
  Object.fromEntries(findings.map(({ name, verdict }) => [name, verdict]))

const everyName = ['valid', 'duplicate', 'tampered', 'stale', 'unsigned', 'timing']
const all = (verdict: string): Readonly<Record<string, string>> =>
  Object.fromEntries(everyName.map((name) => [name, verdict]))

/** As the Standard Webhooks library says, and no other rule. */
function verifying(secret: string): Script {
  return (request) => {
    try {
      verifyStandard({ ...request, answered: null }, secret)
      return { status: 204 }
    } catch {
      return { status: 401 }
    }
  }
}

test.each(['standard', 'trakrf', 'trackberry'])(
  'a receiver that verifies with the Standard Webhooks library passes everything: %s',
  async (profile) => {
    const endpoint = await registerEndpoint(world, `/verifying-${profile}`, { profile })
    world.receiver.script(endpoint.path, verifying(endpoint.secret))
    const made = await check(endpoint)
    expect([made.verdict, verdictsOf(made)]).toEqual(['pass', all('pass')])
    expect(world.receiver.received(endpoint.path).map(({ answered }) => answered)).toEqual([
      204, 204, 401, 401, 401,
    ])
    for (const { body } of world.receiver.received(endpoint.path)) expect(body).toContain('endpoint.check')
  },
)

test('during the overlap of a rotation it is said which of its secrets the receiver verifies with', async () => {
  const endpoint = await registerEndpoint(world, '/rotating')
  const { secret: fresh } = await world.api.data<{ secret: string }>(
    ...(['POST', `/api/v1/webhooks/${endpoint.id}/rotate-secret`, { overlap_hours: 1 }] as const),
  )
  const old = endpoint.secret
  const having =
    (...secrets: readonly string[]): Script =>
    (request, nth) => {
      const answers = secrets.map((secret) => verifying(secret)(request, nth))
      return answers.find((answer) => answer !== 'hang' && answer.status === 204) ?? { status: 401 }
    }
  const accepted = async (script: Script): Promise<readonly unknown[]> => {
    world.receiver.script(endpoint.path, script)
    const { overlap, findings } = await check(endpoint)
    return [overlap?.accepts, overlap?.message.includes('you may end the overlap'), findings.length]
  }
  // The rotation reaches the dispatcher within a second; before, nothing could be signed by one of two.
  await waitUntil('the dispatcher knows both secrets', async () => {
    const [accepts] = await accepted(having(old, fresh))
    return accepts === 'both'
  })
  expect(await accepted(having(old))).toEqual(['old', false, 8])
  expect(await accepted(having(fresh))).toEqual(['new', true, 8])
  expect(await accepted(having(old, fresh))).toEqual(['both', true, 8])
  expect(await accepted(having())).toEqual(['none', false, 8])
  // Refuses nothing: that proves nothing.
  expect(await accepted(() => ({ status: 200 }))).toEqual(['unproven', false, 8])
})

test('a receiver that verifies nothing fails what it should have refused; the answer says what was sent', async () => {
  const endpoint = await registerEndpoint(world, '/credulous')
  await world.api.data('PATCH', `/api/v1/webhooks/${endpoint.id}`, {
    headers: { 'X-Token': 'of-the-customer' },
  })
  await waitUntil('the change has reached the dispatcher', async () => {
    await check(endpoint)
    return world.receiver.received(endpoint.path).at(-1)?.headers['x-token'] === 'of-the-customer'
  })
  const made = await check(endpoint)
  expect([made.verdict, verdictsOf(made)]).toEqual([
    'fail',
    { ...all('pass'), tampered: 'fail', stale: 'fail', unsigned: 'fail' },
  ])
  expect(made.findings[2]).toMatchObject({
    message:
      'A body that was altered after signing was accepted with 200; verify the signature over the raw body before you use it.',
    request: { headers: { 'x-token': '***' }, body: expect.stringContaining('"altered":true') },
    response: { status: 200, error_class: null },
  })
  expect(JSON.stringify(made)).not.toContain('of-the-customer')
  const again = await world.api.data('GET', `/api/v1/webhooks/${endpoint.id}/checks/${made.id}`)
  expect(again).toEqual(made)
})

test('receivers that redirect, refuse everything or are not there are told what to do', async () => {
  const redirecting = await registerEndpoint(world, '/redirecting')
  world.receiver.script(redirecting.path, () => ({
    status: 302,
    headers: { location: 'https://x.example/' },
  }))
  expect(verdictsOf(await check(redirecting))).toEqual({ ...all('warn'), valid: 'fail', timing: 'pass' })
  const refusing = await registerEndpoint(world, '/refusing')
  world.receiver.script(refusing.path, () => ({ status: 401 }))
  expect(verdictsOf(await check(refusing))).toEqual({ ...all('warn'), valid: 'fail', timing: 'pass' })
})

test('a check that takes longer is told of when it is over', async () => {
  const endpoint = await registerEndpoint(world, '/hanging', { profile: 'trakrf' })
  // Of its 5 s nothing is left.
  world.receiver.script(endpoint.path, () => 'hang')
  const made = await check(endpoint)
  expect(verdictsOf(made)).toEqual({ ...all('warn'), valid: 'fail', timing: 'fail' })
  const slow = await registerEndpoint(world, '/very-slow')
  world.receiver.script(slow.path, () => 'hang')
  const { status, body } = await world.api.call('POST', `/api/v1/webhooks/${slow.id}/check`)
  const { id, state } = body['data'] as Check
  expect([status, state]).toEqual([202, 'running'])
  expect((await ended(slow.id, id)).verdict).toBe('fail')
})

test('a check leaves breaker, failing mark and usage alone', async () => {
  const endpoint = await registerEndpoint(world, '/shaky')
  world.receiver.script(endpoint.path, () => ({ status: 500 }))
  // Twenty failures within a minute: of real deliveries, half of them would open the breaker.
  for (let n = 0; n < 4; n += 1) await check(endpoint)
  world.receiver.script(endpoint.path, () => ({ status: 200 }))
  const { delivery_id: id } = await world.api.data<{ delivery_id: string }>(
    'POST',
    `/api/v1/webhooks/${endpoint.id}/test`,
  )
  await waitUntil('a test is delivered', async () => {
    const { body } = await world.api.call('GET', `/api/v1/deliveries/${id}`)
    return (body['data'] as { state?: string } | undefined)?.state === 'delivered'
  })
  const test = await world.api.data<{ holds: readonly unknown[] }>('GET', `/api/v1/deliveries/${id}`)
  expect(test.holds).toEqual([])
  expect(await world.api.data('GET', `/api/v1/webhooks/${endpoint.id}`)).toMatchObject({
    state: 'active',
    failing_since: null,
  })
  expect(await world.api.data('GET', '/api/v1/usage')).toEqual([])
})

test('a check is found under its own webhook only, and what is no check not at all', async () => {
  const [one, other] = [await registerEndpoint(world, '/one'), await registerEndpoint(world, '/other')]
  const made = await check(one)
  const statusOf = async (webhook: number, id: string): Promise<number> =>
    (await world.api.call('GET', `/api/v1/webhooks/${webhook}/checks/${id}`)).status
  expect(await statusOf(one.id, made.id)).toBe(200)
  expect(await statusOf(other.id, made.id)).toBe(404)
  const { delivery_id: id } = await world.api.data<{ delivery_id: string }>(
    'POST',
    `/api/v1/webhooks/${one.id}/test`,
  )
  await waitUntil(
    'the test is logged',
    async () => (await world.api.call('GET', `/api/v1/deliveries/${id}`)).status === 200,
  )
  expect(await statusOf(one.id, id)).toBe(404)
  await world.api.data('PATCH', `/api/v1/webhooks/${one.id}`, { enabled: false })
  expect((await world.api.call('POST', `/api/v1/webhooks/${one.id}/check`)).status).toBe(409)
})
