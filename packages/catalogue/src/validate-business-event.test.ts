import { businessEventTypes } from '@scanhook/domain/event'
import { describe, expect, test } from 'vitest'
import { exampleData } from './examples.ts'
import { validateBusinessEvent } from './validate-business-event.ts'

test.each(businessEventTypes)('the example of %s has a subject', (type) => {
  const kind = type.slice(0, type.indexOf('.'))
  expect(validateBusinessEvent(type, exampleData[type])).toEqual({
    ok: true,
    value: expect.stringMatching(new RegExp(`^${kind}:(ship_abc123|doc_77|chk_9)$`)),
  })
})

test('the example of the Trackberry page is valid', () => {
  const data = {
    shipment: { id: 'ship_abc123', reference: 'BU-1341', status: 'approved', pallets_count: 42 },
  }
  expect(validateBusinessEvent('shipment.approved', data)).toEqual({
    ok: true,
    value: 'shipment:ship_abc123',
  })
})

test('further keys are the sender’s own affair, at every level', () => {
  const shipment = { id: 's', reference: 'r', status: 'x', cold_chain: { min: 2 } }
  expect(validateBusinessEvent('shipment.created', { shipment, note: 1 })).toMatchObject({ ok: true })
})

describe('problems', () => {
  const problems = (type: Parameters<typeof validateBusinessEvent>[0], data: unknown): unknown => {
    const parsed = validateBusinessEvent(type, data)
    return parsed.ok ? [] : parsed.problems.map((problem) => [problem.field, problem.code])
  }
  test('all at once, each with its field', () => {
    const shipment = { id: '', status: 5, pallets_count: -1, created_at: 'today', vessel: 'x'.repeat(4097) }
    expect(problems('shipment.created', { shipment })).toEqual([
      ['data.shipment.id', 'too_short'],
      ['data.shipment.reference', 'required'],
      ['data.shipment.status', 'invalid_value'],
      ['data.shipment.pallets_count', 'too_small'],
      ['data.shipment.vessel', 'too_long'],
      ['data.shipment.created_at', 'invalid_value'],
    ])
  })
  test('the wrong subject is a missing one', () => {
    expect(problems('document.uploaded', exampleData['shipment.approved'])).toEqual([
      ['data.document', 'required'],
    ])
    expect(problems('check.completed', { check: null })).toEqual([['data.check', 'required']])
  })
  test.each([[null], ['text'], [[]]])('%j is no data', (data) => {
    expect(problems('check.completed', data)).toHaveLength(1)
  })
})
