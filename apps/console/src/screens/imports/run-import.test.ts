import { expect, test } from 'vitest'
import { cutParts, type Report, runImport, sayCut, sayReport } from './run-import.ts'

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ number: index + 2, json: `{"name":"${index}"}` }))
const answerOf = (text: string, refuse: ReadonlySet<string> = new Set()) =>
  text
    .split('\n')
    .map((json, index) =>
      JSON.stringify(
        refuse.has(json)
          ? {
              ...{ line: index + 1, status: 'failed', id: null, external_key: null },
              error: { detail: 'name is bad', fields: [{ field: 'name', message: 'is bad' }] },
            }
          : { line: index + 1, status: 'created', id: 1, external_key: null, error: null },
      ),
    )
    .concat(JSON.stringify({ summary: {} }))
    .join('\n')

const ports = {
  send: async (text: string) => ({ answer: answerOf(text) }),
  wait: async () => undefined,
  onProgress: () => undefined,
  isStopped: () => false,
}

test('T1: parts go one after the other, and the progress is told after each', async () => {
  const [sizes, done]: [number[], number[]] = [[], []]
  let open = 0
  const report = await runImport(lines(2_300), {
    ...ports,
    send: async (text) => {
      open += 1
      expect(open).toBe(1)
      await Promise.resolve()
      open -= 1
      sizes.push(text.split('\n').length)
      return { answer: answerOf(text) }
    },
    onProgress: (soFar) => done.push(soFar.done),
  })
  expect([sizes, done]).toEqual([
    [1_000, 1_000, 300],
    [1_000, 2_000, 2_300],
  ])
  expect(report).toMatchObject({ created: 2_300, total: 2_300, refused: [] })
})

test('T2: a refused line has its number in the file, in whatever part it is', async () => {
  const refuse = new Set(['{"name":"1"}', '{"name":"1001"}'])
  const report = await runImport(lines(1_200), {
    ...ports,
    send: async (text) => ({ answer: answerOf(text, refuse) }),
  })
  expect(report.refused).toEqual([
    { number: 3, key: null, reason: 'name is bad' },
    { number: 1_003, key: null, reason: 'name is bad' },
  ])
})

test('T2: what was stopped says how far it came', async () => {
  let parts = 0
  const report = await runImport(lines(3_000), {
    ...ports,
    onProgress: () => {
      parts += 1
    },
    isStopped: () => parts === 2,
  })
  expect([report.done, report.total]).toEqual([2_000, 3_000])
})

test('whoever is asked to wait waits as long as was asked, and gives up in the end', async () => {
  const waited: number[] = []
  let asked = 0
  const wait = async (ms: number): Promise<void> => void waited.push(ms)
  const send = async (text: string) => {
    asked += 1
    return asked === 1 ? { retryAfterMs: 7_000 } : { answer: answerOf(text) }
  }
  expect((await runImport(lines(1), { ...ports, send, wait })).created).toBe(1)
  expect(waited).toEqual([7_000])
  await expect(
    runImport(lines(1), { ...ports, wait, send: async () => ({ retryAfterMs: 1 }) }),
  ).rejects.toThrow('again and again')
})

test('a part stays below what a request may bring', () => {
  const long = Array.from({ length: 40 }, (_, number) => ({ number, json: 'x'.repeat(60_000) }))
  expect(cutParts(long).every(({ text }) => text.length <= 1_000_100)).toBe(true)
  expect(cutParts(long).flatMap((part) => part.lines)).toEqual(long)
})

test('a report is said in words, of what was and of what would be', () => {
  const report: Report = { created: 1_200, updated: 3, unchanged: 0, refused: [], done: 1_203, total: 1_203 }
  expect(sayReport(report, false)).toBe('1,200 made, 3 changed, 0 stayed as they are, 0 refused')
  expect(sayReport(report, true)).toContain('1,200 would be made')
})

test('of a run that was cut it is said how far it came, what came of that, and why', () => {
  const report: Report = {
    ...{ created: 999, updated: 0, unchanged: 0, done: 1_000, total: 3_000 },
    refused: [{ number: 2, key: null, reason: 'name is bad' }],
  }
  expect(sayCut(report, false, 'Its screen was left.')).toBe(
    'The import ended after 1,000 of 3,000 lines: 999 made, 0 changed, 0 stayed as they are, 1 refused. Its screen was left.',
  )
  expect(sayCut(report, true, '')).toMatch(/^The dry run ended after .*999 would be made/)
})
