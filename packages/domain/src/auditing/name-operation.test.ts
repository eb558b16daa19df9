import { expect, test } from 'vitest'
import { auditedKinds, auditOperations, kindOfOperation } from './audit-entry.ts'
import { jobOperation, webhookOperation } from './name-operation.ts'

test('every operation is named once, after a kind of thing that there is', () => {
  expect(new Set(auditOperations).size).toBe(auditOperations.length)
  expect(new Set(auditOperations.map(kindOfOperation))).toEqual(new Set(auditedKinds))
})

test.each([
  ['active', 'active', 'webhook.updated'],
  ['active', 'paused', 'webhook.paused'],
  ['disabled', 'paused', 'webhook.paused'],
  ['paused', 'active', 'webhook.resumed'],
  ['disabled', 'active', 'webhook.resumed'],
  ['active', 'disabled', 'webhook.disabled'],
] as const)('a webhook that was %s and is %s: %s', (before, after, operation) => {
  expect(webhookOperation(before, after)).toBe(operation)
})

test.each([
  ['running', 'running', 'job.updated'],
  ['running', 'paused', 'job.paused'],
  ['paused', 'waiting', 'job.resumed'],
  ['paused', 'cancelled', 'job.cancelled'],
] as const)('a job that was %s and is %s: %s', (before, after, operation) => {
  expect(jobOperation(before, after)).toBe(operation)
})
