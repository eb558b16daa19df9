import { randomUUID } from 'node:crypto'
import { openLog } from '@scanhook/observability/log'
import { type Metrics, openMetrics } from '@scanhook/observability/metrics'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Claims, type ClaimsOptions, openClaims } from './claims.ts'

const direct = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:0')
const opened: Claims[] = []
let door: TcpDoor
let metrics: Metrics
let options: ClaimsOptions

beforeEach(async () => {
  door = await openTcpDoor({ host: direct.hostname, port: Number(direct.port) })
  const url = new URL(direct.href)
  url.port = `${door.port}`
  metrics = openMetrics()
  const log = openLog({ name: 'test', level: 'fatal' })
  options = { url: url.href, log, metrics, prefix: `t${randomUUID()}:`, keptMs: 60_000 }
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((claims) => claims.close()))
  await door.shut()
})

async function ready(changes: Partial<ClaimsOptions> = {}): Promise<Claims> {
  const claims = openClaims({ ...options, ...changes })
  opened.push(claims)
  await vi.waitFor(async () =>
    expect(await claims.claim([{ key: 'probe', coordinate: '-' }])).toEqual(['won']),
  )
  return claims
}

const copy = (coordinate: string, key = 'k'): { key: string; coordinate: string } => ({ key, coordinate })

test('C1: a crash between claim and confirm never drops the redelivery', async () => {
  const before = await ready()
  expect(await before.claim([copy('reads:0:7')])).toEqual(['won'])
  await before.close()
  const after = await ready()
  expect(await after.claim([copy('reads:0:7')])).toEqual(['won'])
})

test('C2: a second copy with another coordinate, while the first is not confirmed, is processed', async () => {
  const claims = await ready()
  expect(await claims.claim([copy('reads:0:7')])).toEqual(['won'])
  expect(await claims.claim([copy('reads:1:3')])).toEqual(['won'])
})

test('C3: after confirm another coordinate is a duplicate, the same is a redelivery', async () => {
  const claims = await ready()
  await claims.claim([copy('reads:0:7')])
  await claims.confirm([copy('reads:0:7')])
  expect(await claims.claim([copy('reads:1:3'), copy('reads:0:7'), copy('reads:0:8', 'other')])).toEqual([
    'duplicate',
    'won',
    'won',
  ])
})

test('C1–C3: however claims, confirmations and crashes mix, a copy is only dropped when another was confirmed', async () => {
  const claims = await ready()
  const step = fc.record({
    act: fc.constantFrom('claim', 'confirm'),
    key: fc.integer({ min: 0, max: 3 }),
    offset: fc.integer({ min: 0, max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = randomUUID()
      const confirmed = new Map<number, number>()
      for (const { act, key, offset } of steps) {
        const one = [copy(`reads:0:${offset}`, `${world}:${key}`)]
        if (act === 'confirm') {
          await claims.confirm(one)
          confirmed.set(key, offset)
        } else {
          const mark = confirmed.get(key)
          expect(await claims.claim(one)).toEqual([
            mark === undefined || mark === offset ? 'won' : 'duplicate',
          ])
        }
      }
    }),
    { numRuns: 30 },
  )
})

test('a confirmed claim is forgotten after its time', async () => {
  const claims = await ready({ keptMs: 30 })
  await claims.confirm([copy('reads:0:7')])
  await vi.waitFor(async () => expect(await claims.claim([copy('reads:1:3')])).toEqual(['won']))
})

test('2,500 claims keep their order over several commands', async () => {
  const claims = await ready()
  const many = Array.from({ length: 2_500 }, (_, index) => copy(`reads:0:${index}`, `many-${index}`))
  await claims.confirm(many.filter((_, index) => index % 3 === 0))
  const answers = await claims.claim(many.map(({ key }) => copy('reads:1:0', key)))
  expect(answers).toEqual(many.map((_, index) => (index % 3 === 0 ? 'duplicate' : 'won')))
})

test('C4, V2, V3: with Redis gone the answer is unchecked at once, and claims come back by themselves', async () => {
  const claims = await ready()
  await claims.confirm([copy('reads:0:7')])
  await door.shut()
  await vi.waitFor(async () => expect(await claims.claim([copy('reads:1:3')])).toEqual(['unchecked']))
  const startedAt = performance.now()
  for (let count = 0; count < 1_000; count += 1) await claims.claim([copy('reads:1:3')])
  await claims.confirm([copy('reads:1:3')])
  expect(performance.now() - startedAt).toBeLessThan(250)
  await door.open()
  await vi.waitFor(async () => expect(await claims.claim([copy('reads:1:3')])).toEqual(['duplicate']), 10_000)
  expect(await metrics.text()).toContain('scanhook_claims_confirmed_total{outcome="not_marked"} 1')
})

test('C4, V1, V3: a Redis that holds the line and says nothing costs one timeout, then nothing', async () => {
  const claims = await ready()
  await claims.confirm([copy('reads:0:7')])
  door.freeze()
  const startedAt = performance.now()
  expect(await claims.claim([copy('reads:1:3')])).toEqual(['unchecked'])
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  const silentAt = performance.now()
  for (let count = 0; count < 1_000; count += 1) await claims.claim([copy('reads:1:3')])
  expect(performance.now() - silentAt).toBeLessThan(250)
  door.thaw()
  await vi.waitFor(async () => expect(await claims.claim([copy('reads:1:3')])).toEqual(['duplicate']), 10_000)
})

test('C4: Redis away from the very start stops nobody', async () => {
  await door.shut()
  const claims = openClaims(options)
  opened.push(claims)
  expect(await claims.claim([copy('reads:0:7')])).toEqual(['unchecked'])
  await door.open()
  await vi.waitFor(async () => expect(await claims.claim([copy('reads:0:7')])).toEqual(['won']), 10_000)
})
