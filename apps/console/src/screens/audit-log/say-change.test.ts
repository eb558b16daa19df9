import { expect, test } from 'vitest'
import { sayActor, sayOperation } from './say-change.ts'

test.each([
  ['webhook.secret_rotated', 'Webhook: secret rotated'],
  ['api_key.created', 'Api key: created'],
  ['event_cursor.set', 'Event cursor: set'],
])('%s is "%s"', (operation, words) => {
  expect(sayOperation(operation)).toBe(words)
})

test('an actor has its id, the system none', () => {
  expect([sayActor('API key', 4), sayActor('Scanhook itself', null)]).toEqual([
    'API key 4',
    'Scanhook itself',
  ])
})
