import { expect, test } from 'vitest'
import { orgId } from '../ids.ts'
import { parseIncomingEvent } from './parse-incoming-event.ts'

const context = { orgId: orgId(7), nowMs: 1_777_336_418_021 }
const data = { shipment: { id: 'ship_abc123', reference: 'BU-1341' } }

function problemsOf(
  json: unknown,
  given: Parameters<typeof parseIncomingEvent>[1] = context,
): [string, string][] {
  const parsed = parseIncomingEvent(json, given)
  return parsed.ok ? [] : parsed.problems.map((problem) => [problem.field, problem.code])
}

test('type and data are enough; the receive time stands in for occurred_at', () => {
  expect(parseIncomingEvent({ type: 'shipment.approved', data }, context)).toEqual({
    ok: true,
    value: {
      orgId: 7,
      clientId: null,
      type: 'shipment.approved',
      occurredAtMs: context.nowMs,
      dataJson: '{"shipment":{"id":"ship_abc123","reference":"BU-1341"}}',
    },
  })
})

test('id, organization and time as the sender says', () => {
  const json = { org_id: 9, id: 'c-1', type: 'check.completed', occurred_at: '2026-02-11T09:15:00Z', data }
  expect(parseIncomingEvent(json, { ...context, orgId: null })).toMatchObject({
    ok: true,
    value: { orgId: 9, clientId: 'c-1', occurredAtMs: 1_770_801_300_000 },
  })
})

test('F2: all problems at once', () => {
  const wrong = { org_id: 8, id: 5, type: 'shipment.lost', occurred_at: 'yesterday', data: [], extra: 1 }
  expect(problemsOf(wrong)).toEqual([
    ['extra', 'unknown_field'],
    ['org_id', 'invalid_context'],
    ['id', 'invalid_value'],
    ['type', 'invalid_value'],
    ['occurred_at', 'invalid_value'],
    ['data', 'invalid_value'],
  ])
  expect(problemsOf({}, { ...context, orgId: null })).toEqual([
    ['org_id', 'required'],
    ['type', 'required'],
    ['data', 'required'],
  ])
  expect(problemsOf('text')).toEqual([['', 'invalid_value']])
})

test.each(['asset.moved', 'endpoint.test', 'shipment.*', '*'])('%s does not come from outside', (type) => {
  expect(problemsOf({ type, data })).toEqual([['type', 'invalid_value']])
})

test('F3: data is bounded in length and depth', () => {
  const text = 'x'.repeat(262_144)
  expect(problemsOf({ type: 'shipment.created', data: { text } })).toEqual([['data', 'too_large']])
  const deep = JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)
  expect(problemsOf({ type: 'shipment.created', data: deep })).toEqual([['data', 'too_large']])
  const shallow = JSON.parse(`${'{"a":'.repeat(32)}1${'}'.repeat(32)}`)
  expect(problemsOf({ type: 'shipment.created', data: shallow })).toEqual([])
})
