import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Answers, judgeInstallation, sayAllWell } from './judge-installation.ts'

const nowMs = Date.parse('2026-04-28T03:00:00Z')
const at = '2026-04-28T02:59:00Z'
const group = { group: 's.router', topic: 's.events', lag_records: 0, lag_seconds: 0 }
const tier = { tier: '1m', wait_seconds: 60, waiting: 4, due: 0, overdue_seconds: 0 }
const organization = {
  ...{ id: 1, name: 'Acme', events_today: 9, requests_today: 9, delivered_today: 9, dead_today: 0 },
  ...{ active_webhooks: 4, failing_webhooks: 0, waiting: 0 },
}
const endpoint = {
  ...{ webhook_id: 1, name: 'ERP', host: 'erp.test', state: 'active', failing_since: null, since: at },
  ...{ organization: { id: 1, name: 'Acme' }, last_failure: 'the endpoint answered 503', last_status: 503 },
  ...{ last_error_class: null, waiting: 3, breaker: 'open' as const, next_probe_at: at, openings: 1 },
  concurrency_limit: 4,
}
const preview = { form: 'text' as const, text: 'x', is_cut: false, size_bytes: 1 }
const record = {
  ...{ partition: 0, offset: 1, set_aside_at: at, reason: 'invalid_json', detail: '', service: 'producer' },
  ...{ origin: null, key: preview, value: preview, headers: {}, replayed_at: null, replayed_from: null },
}
const fine: Answers = {
  pipeline: { measured_at: at, groups: [group], retry_tiers: [tier] },
  breakers: { measured_at: at, is_known: true, is_complete: true, endpoints: [] },
  tenants: { measured_at: at, total: 1, organizations: [organization], failing: [] },
  poison: { records: [], looked_at: 0, total: 0, next_before: null },
  subjects: { measured_at: at, subjects: [] },
  unasked: [],
}
const judge = (changes: Partial<Answers>) => judgeInstallation({ ...fine, ...changes }, nowMs)

test('all is well, and the figures say so', () => {
  expect(judge({})).toEqual([])
  expect(sayAllWell(fine)).toBe(
    'no group is more than 0 s behind, 4 retries wait, none overdue, no breaker is open, 9 deliveries and none given up today (UTC), nothing was set aside within the last hour',
  )
  expect(sayAllWell({ ...fine, tenants: undefined })).toBeNull()
})

test('who does not answer is named first, and what is not known is not called well', () => {
  const found = judge({
    ...{ pipeline: null, tenants: null, subjects: null },
    breakers: { measured_at: at, is_known: false, is_complete: false, endpoints: [] },
  })
  expect(found.map(({ tone, runbook }) => [tone, runbook])).toEqual([
    ['bad', 'kafka-slow'],
    ['bad', 'postgres-failing'],
    ['bad', 'redis-away'],
    ['warn', 'registry-away'],
  ])
  expect(sayAllWell({ ...fine, pipeline: null })).toBeNull()
})

test('what could not be asked is told, and nobody is blamed for it', () => {
  expect(judge({ pipeline: undefined, unasked: ['pipeline', 'poison'] })).toEqual([
    {
      tone: 'warn',
      text: 'This page could not ask about lag and tiers, records that were set aside: that says nothing of the installation. It asks again by itself.',
      ...{ runbook: null, sinceAtMs: null, at: null },
    },
  ])
  expect(judge({ breakers: null, poison: null }).map(({ runbook }) => runbook)).toEqual([
    'postgres-failing',
    'kafka-slow',
  ])
})

test('lag and tiers are told with how far, the worst first', () => {
  const groups = [
    { ...group, lag_records: 5, lag_seconds: 40 },
    { ...group, group: 's.recorder', lag_records: 9_000, lag_seconds: 200 },
  ]
  const found = judge({
    pipeline: { measured_at: at, groups, retry_tiers: [{ ...tier, due: 1, overdue_seconds: 90 }] },
  })
  expect(found.map(({ text }) => text)).toEqual([
    'recorder is 3 min 20 s behind on events: 9,000 records wait.',
    'The retry tier 1m is 1 min 30 s overdue: 1 delivery could have gone.',
    'router is 40 s behind on events: 5 records wait.',
  ])
  expect(found.map(({ sinceAtMs }) => new Date(sinceAtMs ?? 0).toISOString())).toEqual([
    ...['2026-04-28T02:55:40.000Z', '2026-04-28T02:57:30.000Z', '2026-04-28T02:58:20.000Z'],
  ])
  expect(new Set(found.map(({ at: place }) => place))).toEqual(new Set(['pipeline']))
})

test('one endpoint with a pause is its owner’s matter, many at once are ours', () => {
  const breakers = (count: number) => ({
    ...{ measured_at: at, is_known: true, is_complete: true },
    endpoints: Array.from({ length: count }, () => endpoint),
  })
  expect(judge({ breakers: breakers(1) })).toEqual([
    {
      tone: 'warn',
      text: '\u2068ERP\u2069 of \u2068Acme\u2069 is given a pause: the endpoint answered 503; 3 deliveries wait. It is tried again by itself.',
      ...{ runbook: null, sinceAtMs: Date.parse(at), at: 'breakers' },
    },
  ])
  expect(judge({ breakers: breakers(5) })).toMatchObject([
    { tone: 'bad', runbook: 'endpoints-failing-together' },
  ])
})

test('what was set aside counts while it is fresh and was not put back; of our own topics it is ours', () => {
  const poison = (changes: object, next: string | null = null) => ({
    ...{ records: [{ ...record, ...changes }], looked_at: 1, total: 900, next_before: next },
  })
  expect(judge({ poison: poison({}) })).toEqual([
    {
      tone: 'warn',
      text: '1 record was set aside within the last hour: invalid json (1).',
      ...{ runbook: 'poison-rising', sinceAtMs: Date.parse(at), at: 'poison' },
    },
  ])
  expect(judge({ poison: poison({}, '1,2,3') })[0]?.text).toContain('At least 1 record')
  expect(judge({ poison: poison({ service: 'tracker' }) })).toMatchObject([
    { tone: 'bad', runbook: 'own-records-unreadable' },
  ])
  expect(judge({ poison: poison({ replayed_at: at }) })).toEqual([])
  expect(judge({ poison: poison({ set_aside_at: '2026-04-28T01:59:00Z' }) })).toEqual([])
})

test('deliveries that were given up and subjects that are missing are told', () => {
  const dead = { ...organization, dead_today: 2 }
  expect(judge({ tenants: { measured_at: at, total: 1, organizations: [dead], failing: [] } })).toMatchObject(
    [{ text: '2 deliveries were given up today (UTC), of 1 organization.', runbook: 'deliveries-dying' }],
  )
  const subject = {
    subject: 's.scans-Scan',
    topic: 's.scans',
    compatibility: null,
    version_count: 0,
    versions: [],
  }
  expect(
    judge({ subjects: { measured_at: at, subjects: [{ ...subject, is_registered: false }] } }),
  ).toMatchObject([{ tone: 'bad', text: expect.stringContaining('s.scans-Scan') }])
})

test('every runbook that is named is there', () => {
  const there = readdirSync(join(import.meta.dirname, '../../../../../docs/runbooks'))
  const named = judge({
    ...{ pipeline: null, tenants: null, subjects: null },
    breakers: { measured_at: at, is_known: false, is_complete: false, endpoints: [endpoint] },
    poison: { records: [record], looked_at: 1, total: 1, next_before: null },
  }).flatMap(({ runbook }) => runbook ?? [])
  const others = [
    'consumer-lag',
    'retry-overdue',
    'endpoints-failing-together',
    'deliveries-dying',
    'own-records-unreadable',
  ]
  for (const runbook of [...named, ...others]) expect(there).toContain(`${runbook}.md`)
})
