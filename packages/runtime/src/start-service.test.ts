import { integer } from '@scanhook/config/settings'
import { expect, test } from 'vitest'
import { defineService, type ServiceContext } from './service.ts'
import { startService } from './start-service.ts'

const settings = { PORT: integer({ description: 'A port' }, 1, 65_535) }

async function status(url: string): Promise<number> {
  return (await fetch(url)).status
}

test('L1: ready only when started and every condition holds, and not when draining', async () => {
  let ready = (_isReady: boolean): void => undefined
  let release = (): void => undefined
  const service = defineService({
    name: 'tester',
    settings,
    start: async ({ readiness, onStop }) => {
      ready = readiness('kafka')
      onStop(
        'work',
        () =>
          new Promise<void>((resolve) => {
            release = resolve
          }),
      )
    },
  })
  const started = await startService(service, { PORT: '1' })
  expect(await status(`${started.healthUrl}/livez`)).toBe(200)
  expect(await status(`${started.healthUrl}/startupz`)).toBe(200)
  const waiting = await fetch(`${started.healthUrl}/readyz`)
  expect([waiting.status, await waiting.json()]).toEqual([
    503,
    { status: 'waiting', conditions: { kafka: false } },
  ])
  ready(true)
  expect(await status(`${started.healthUrl}/readyz`)).toBe(200)
  expect(await status(`${started.healthUrl}/nothing`)).toBe(404)

  const stopping = started.stop()
  expect(await status(`${started.healthUrl}/readyz`)).toBe(503)
  expect(await status(`${started.healthUrl}/livez`)).toBe(200)
  release()
  await stopping
  await expect(fetch(`${started.healthUrl}/livez`)).rejects.toThrow()
})

test('L2: acts of shutdown run last-in-first-out, and one that fails keeps no other from running', async () => {
  const order: string[] = []
  const service = defineService({
    name: 'tester',
    settings,
    start: async ({ onStop }) => {
      onStop('first', () => void order.push('first'))
      onStop('broken', () => Promise.reject(new Error('broken')))
      onStop('last', async () => {
        await new Promise((resolve) => setImmediate(resolve))
        order.push('last')
      })
    },
  })
  const { stop } = await startService(service, { PORT: '1' })
  await Promise.all([stop(), stop()])
  expect(order).toEqual(['last', 'first'])
})

test('L3: draining ends at the deadline', async () => {
  const service = defineService({
    name: 'tester',
    settings,
    start: async ({ onStop }) => onStop('stuck', () => new Promise<void>(() => undefined)),
  })
  const { stop } = await startService(service, { PORT: '1', DRAIN_TIMEOUT_MS: '20' })
  await expect(stop()).rejects.toThrow('did not stop within 20 ms')
})

test('L4: what a failing start had opened is closed, and the cause is said', async () => {
  const closed: string[] = []
  const service = defineService({
    name: 'tester',
    settings,
    start: async ({ onStop }) => {
      onStop('pool', () => void closed.push('pool'))
      throw new Error('no route to broker')
    },
  })
  await expect(startService(service, { PORT: '1' })).rejects.toMatchObject({
    message: 'tester could not start',
    cause: { message: 'no route to broker' },
  })
  expect(closed).toEqual(['pool'])
})

test('L4: an act that is registered after draining began runs at once', async () => {
  const closed: string[] = []
  let context: ServiceContext<typeof settings> | null = null
  const service = defineService({
    name: 'tester',
    settings,
    start: async (given) => {
      context = given
    },
  })
  const { stop } = await startService(service, { PORT: '1' })
  await stop()
  ;(context as ServiceContext<typeof settings> | null)?.onStop('late', () => void closed.push('late'))
  expect(closed).toEqual(['late'])
})

test('wrong settings are all named', async () => {
  const service = defineService({ name: 'tester', settings, start: async () => undefined })
  await expect(startService(service, { LOG_LEVEL: 'loud' })).rejects.toThrow(
    /2 settings are wrong[\s\S]*LOG_LEVEL[\s\S]*PORT/,
  )
})

test('fail is passed on once', async () => {
  const failures: string[] = []
  let fail: ServiceContext<typeof settings>['fail'] = () => undefined
  const service = defineService({
    name: 'tester',
    settings,
    start: async (context) => {
      fail = context.fail
    },
  })
  const { stop } = await startService(service, { PORT: '1' }, { onFail: (reason) => failures.push(reason) })
  fail('stalled', new Error('x'))
  fail('again', new Error('y'))
  expect(failures).toEqual(['stalled'])
  await stop()
})

test('metrics are served in the format that is asked for', async () => {
  const service = defineService({
    name: 'tester',
    settings,
    start: async ({ metrics }) => metrics.counter('scanhook_tests_total', 'Tests').inc(),
  })
  const { healthUrl, stop } = await startService(service, { PORT: '1' })
  const plain = await fetch(`${healthUrl}/metrics`)
  expect(plain.headers.get('content-type')).toContain('text/plain')
  expect(await plain.text()).toContain('scanhook_tests_total 1')
  const open = await fetch(`${healthUrl}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
  expect(await open.text()).toMatch(/# EOF\n$/)
  await stop()
})
