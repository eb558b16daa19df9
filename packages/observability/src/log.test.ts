import { expect, test } from 'vitest'
import { openLog } from './log.ts'
import { within } from './tracing.ts'

function logged(level: 'info' | 'debug' = 'info'): {
  log: ReturnType<typeof openLog>
  lines: () => Record<string, unknown>[]
} {
  const written: string[] = []
  const log = openLog({ name: 'tester', level, write: (line) => written.push(line) })
  return { log, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

test('a line is one JSON object with level, time, service, version and event', () => {
  const { log, lines } = logged()
  log.info({ topic: 'scans', partition: 3 }, 'partition.assigned')
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      service: 'tester',
      version: '0.1.0',
      topic: 'scans',
      partition: 3,
      msg: 'partition.assigned',
    },
  ])
})

test('lines below the level are not written', () => {
  const { log, lines } = logged('info')
  log.debug('record.read')
  expect(lines()).toHaveLength(0)
  expect(log.isLevelEnabled('debug')).toBe(false)
})

test('L1: fields that are named like secrets are hidden at every depth, ids and counts stay', () => {
  const { log, lines } = logged()
  log.child({ clientSecret: 'aaaa' }).info(
    {
      Authorization: 'hunter2',
      request: { headers: { cookie: 'a=b', 'x-api-key': 'k' }, list: [{ password: 'p' }] },
      api_key_id: 17,
      secretCount: 2,
      token: null,
    },
    'request.received',
  )
  expect(lines()[0]).toMatchObject({
    clientSecret: '[redacted]',
    Authorization: '[redacted]',
    request: {
      headers: { cookie: '[redacted]', 'x-api-key': '[redacted]' },
      list: [{ password: '[redacted]' }],
    },
    api_key_id: 17,
    secretCount: 2,
    token: null,
  })
})

test('L2: secrets are hidden by their look in messages, stacks and values, and the line stays JSON', () => {
  const { log, lines } = logged()
  const secret = `whsec_${'A'.repeat(43)}=`
  const privateKey = `whsk_${'B'.repeat(86)}==`
  const key = `sk_4503599627370495_${'k'.repeat(20)}-${'_'.repeat(22)}`
  const jwt = `eyJ${'C'.repeat(20)}.eyJ${'D'.repeat(20)}.${'E'.repeat(43)}`
  const refreshToken = `rt_${'F'.repeat(43)}_${'G'.repeat(43)}`
  const portalTokens = [`pl_${'H'.repeat(43)}`, `ps_${'J'.repeat(43)}`]
  const error = new Error(`no route to postgres://app:hunter2@db:5432/scanhook with ${secret}`, {
    cause: new Error('Bearer abcdef.ghijkl.mnopqr'),
  })
  log.error(
    {
      err: error,
      note: `"${secret}"`,
      pair: privateKey,
      problem: `refused "${key}"`,
      all: [jwt, refreshToken, ...portalTokens],
    },
    'startup.failed',
  )
  const text = JSON.stringify(lines())
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain('kkkk')
  expect(text).not.toContain('AAAA')
  expect(text).not.toContain('BBBB')
  expect(text).not.toContain('HHHH')
  expect(text).not.toContain('JJJJ')
  expect(text).not.toContain('ghijkl')
  expect(text).not.toMatch(/CCCC|DDDD|EEEE|FFFF|GGGG/)
  expect(lines()[0]).toMatchObject({
    err: { type: 'Error', cause: { message: 'Bearer [redacted]' } },
    note: '"whsec_[redacted]"',
    pair: 'whsk_[redacted]',
    problem: 'refused "[redacted]"',
  })
})

test('an error is written with code and causes, and nothing else that hangs on it', () => {
  const { log, lines } = logged()
  const error = Object.assign(new Error('outer'), {
    code: 'KAFKA_UNAVAILABLE',
    request: { body: 'personal' },
  })
  log.error({ err: error }, 'record.refused')
  expect(lines()[0]).toMatchObject({ err: { code: 'KAFKA_UNAVAILABLE', message: 'outer' } })
  expect(JSON.stringify(lines())).not.toContain('personal')
})

test('of several errors at once, each is written', () => {
  const { log, lines } = logged()
  const several = new AggregateError(
    [new Error('topics'), new Error('tables', { cause: new Error('refused') })],
    'setup failed',
  )
  log.error({ err: several }, 'setup.failed')
  expect(lines()[0]).toMatchObject({
    err: {
      message: 'setup failed',
      errors: [{ message: 'topics' }, { message: 'tables', cause: { message: 'refused' } }],
    },
  })
})

test('circular fields and buffers do not break a line', () => {
  const { log, lines } = logged()
  const circle: Record<string, unknown> = { bytes: Buffer.alloc(12) }
  circle['self'] = circle
  log.info({ circle, big: 12n }, 'thing.seen')
  expect(lines()[0]).toMatchObject({ circle: { bytes: '12 bytes' }, big: '12' })
})

test('a line within a span carries its ids; one that says its own keeps them', () => {
  const { log, lines } = logged()
  const span = { traceId: 't1', spanId: 's1', headers: {}, set: () => undefined, end: () => undefined }
  within(span, () => {
    log.info('record.read')
    log.info({ trace_id: 'own' }, 'record.read')
  })
  log.info('record.read')
  expect(lines()).toMatchObject([{ trace_id: 't1', span_id: 's1' }, { trace_id: 'own' }, {}])
  expect(lines()[2]).not.toHaveProperty('trace_id')
})
