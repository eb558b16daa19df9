import { randomUUID } from 'node:crypto'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type CompletedMarks, type CompletedMarksOptions, openCompletedMarks } from './completed-marks.ts'

const direct = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:0')
const opened: CompletedMarks[] = []
let door: TcpDoor
let raw: Redis
let lost: { note: number; load: number }
/** What the timer would do. Tests let time pass by calling it. */
let due: (() => void) | null
let options: CompletedMarksOptions

beforeEach(async () => {
  door = await openTcpDoor({ host: direct.hostname, port: Number(direct.port) })
  raw = new Redis(direct.href)
  const url = new URL(direct.href)
  url.port = `${door.port}`
  lost = { note: 0, load: 0 }
  due = null
  options = {
    url: url.href,
    log: openLog({ name: 'test', level: 'fatal' }),
    metrics: openMetrics(),
    prefix: `t${randomUUID()}:`,
    after: (_, act) => {
      due = act
      return () => {
        due = null
      }
    },
    lost: (what, count) => {
      lost[what] += count
    },
    // So that a slow machine loses nothing; what happens when Redis is silent has the real one.
    commandTimeoutMs: 10_000,
  }
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((marks) => marks.close()))
  await raw.del(...['0', '1', '2', '99'].map((partition) => `${options.prefix}${partition}`))
  raw.disconnect()
  await door.shut()
})

async function ready(changes: Partial<CompletedMarksOptions> = {}): Promise<CompletedMarks> {
  const marks = openCompletedMarks({ ...options, ...changes })
  opened.push(marks)
  await vi.waitFor(async () => {
    const before = lost.load
    await marks.load(99)
    expect(lost.load).toBe(before)
  })
  lost.load = 0
  return marks
}

const membersOf = (partition: number): Promise<string[]> =>
  raw.zrange(`${options.prefix}${partition}`, '0', '-1')

test('what one owner noted the next one knows', async () => {
  const before = await ready()
  before.note(0, 12, 'a/1')
  before.note(0, 10, 'b/1')
  before.note(1, 12, 'c/2')
  await before.close()
  const after = await ready()
  const marks = await after.load(0)
  expect([marks.has(12, 'a/1'), marks.has(10, 'b/1'), marks.has(11, 'a/1')]).toEqual([true, true, false])
  expect([marks.size, (await after.load(1)).size, (await after.load(2)).size]).toEqual([2, 1, 0])
})

test('P1: a mark counts only for its id: another record at that offset is not done', async () => {
  const marks = await ready()
  marks.note(0, 5, 'old/1')
  await marks.flush()
  const loaded = await marks.load(0)
  expect([loaded.has(5, 'new/1'), loaded.has(5, 'old/2'), loaded.has(5, 'old/1')]).toEqual([
    false,
    false,
    true,
  ])
  marks.note(0, 5, 'new/1')
  await marks.flush()
  expect((await marks.load(0)).has(5, 'new/1')).toBe(true)
})

test('P4: what is committed is not kept', async () => {
  const marks = await ready()
  for (let offset = 0; offset < 10; offset += 1) marks.note(0, offset, 'x')
  await marks.flush()
  marks.note(0, 11, 'x')
  marks.committed(0, 9)
  marks.note(0, 8, 'x')
  await marks.flush()
  expect(await membersOf(0)).toEqual(['9:x', '11:x'])
  marks.note(0, 12, 'x')
  marks.committed(0, 13)
  await marks.flush()
  expect(await membersOf(0)).toEqual([])
})

test('P4: after a load, offsets may begin anew', async () => {
  const marks = await ready()
  marks.committed(0, 1_000)
  await marks.load(0)
  marks.note(0, 3, 'x')
  await marks.flush()
  expect(await membersOf(0)).toEqual(['3:x'])
})

test('P1, P4: whatever is noted and committed in whatever order, the next owner knows what is above', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ act: fc.constant('note'), offset: fc.nat(40), id: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('commit'), offset: fc.nat(40), id: fc.nat(0) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('flush'), offset: fc.nat(0), id: fc.nat(0) }) },
  )
  const marks = await ready()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      await raw.del(`${options.prefix}0`)
      await marks.load(0)
      const noted = new Map<number, string>()
      let committed = 0
      const acts: Readonly<Record<string, (offset: number, id: string) => unknown>> = {
        flush: () => marks.flush(),
        commit: (offset) => {
          committed = Math.max(committed, offset)
          marks.committed(0, committed)
        },
        note: (offset, id) => {
          if (noted.has(offset)) return
          noted.set(offset, id)
          marks.note(0, offset, id)
        },
      }
      for (const { act, offset, id } of steps) await acts[act]?.(offset, `${id}`)
      const loaded = await marks.load(0)
      const above = [...noted].filter(([offset]) => offset >= committed)
      expect(loaded.size).toBe(above.length)
      expect(above.filter(([offset, id]) => !loaded.has(offset, id))).toEqual([])
    }),
    { numRuns: 50 },
  )
})

test('many marks share a write: of one timer, or of five hundred marks without one', async () => {
  const marks = await ready()
  for (let offset = 0; offset < 499; offset += 1) marks.note(0, offset, 'x')
  expect(await membersOf(0)).toEqual([])
  marks.note(0, 499, 'x')
  expect(due).toBe(null)
  await vi.waitFor(async () => expect(await membersOf(0)).toHaveLength(500))
  marks.note(0, 500, 'x')
  await vi.waitFor(() => expect(due).not.toBe(null))
  due?.()
  await vi.waitFor(async () => expect(await membersOf(0)).toHaveLength(501))
})

test('12,000 marks are read over several commands', async () => {
  const marks = await ready()
  for (let offset = 0; offset < 12_000; offset += 1) marks.note(0, offset, 'x')
  const loaded = await marks.load(0)
  expect([loaded.size, loaded.has(11_999, 'x'), lost]).toEqual([12_000, true, { note: 0, load: 0 }])
})

test('P3: a partition that nobody owns is forgotten after a week, and one that grows keeps the highest', async () => {
  const marks = await ready()
  const key = `${options.prefix}0`
  for (let start = 0; start < 100_000; start += 5_000) {
    const page = Array.from({ length: 5_000 }, (_, index) => [
      `${start + index}`,
      `${start + index}:x`,
    ]).flat()
    await raw.zadd(key, ...page)
  }
  marks.note(0, 200_000, 'x')
  await marks.flush()
  expect(await raw.zcard(key)).toBe(100_000)
  expect(await raw.zrange(key, '0', '0')).toEqual(['1:x'])
  const leftMs = await raw.pttl(key)
  expect(leftMs).toBeGreaterThan(6 * 86_400_000)
  expect(leftMs).toBeLessThanOrEqual(7 * 86_400_000)
})

test('P2: with Redis gone marks are lost at once, told, and written again when it is back', async () => {
  const marks = await ready()
  await door.shut()
  await vi.waitFor(async () => {
    marks.note(0, 1, 'x')
    await marks.flush()
    expect(lost.note).toBeGreaterThan(0)
  })
  expect((await marks.load(0)).size).toBe(0)
  expect(lost.load).toBe(1)
  await door.open()
  await vi.waitFor(async () => {
    marks.note(0, 2, 'x')
    await marks.flush()
    expect(await membersOf(0)).toContain('2:x')
  }, 10_000)
})

test('P2, P3: a Redis that says nothing holds nobody up, and what waits for it is bounded', async () => {
  const marks = await ready({ commandTimeoutMs: undefined })
  door.freeze()
  marks.note(0, 0, 'x')
  const startedAt = performance.now()
  const flushed = marks.flush()
  for (let offset = 1; offset <= 50_000; offset += 1) marks.note(0, offset, 'x')
  expect(lost.note).toBe(30_000)
  await flushed
  await marks.flush()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(lost.note).toBe(50_001)
  expect((await marks.load(0)).size).toBe(0)
  door.thaw()
  await vi.waitFor(async () => {
    marks.note(0, 7, 'x')
    await marks.flush()
    expect(await membersOf(0)).toContain('7:x')
  }, 10_000)
})

test('P2: Redis away from the very start stops nobody', async () => {
  await door.shut()
  const marks = openCompletedMarks(options)
  opened.push(marks)
  marks.note(0, 1, 'x')
  expect((await marks.load(0)).size).toBe(0)
  expect(lost).toEqual({ note: 1, load: 1 })
})
