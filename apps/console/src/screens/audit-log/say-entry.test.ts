import { expect, test } from 'vitest'
import type { Model } from '../../api/api.ts'
import { linkToResource, sayActor, sayOperation } from './say-entry.ts'

test.each([
  ['api_key.created', 'API key created'],
  ['webhook.secret_rotated', 'Webhook secret rotated'],
  ['organization.settings_updated', 'Organization settings updated'],
  ['later_thing.half_done', 'Later thing half done'],
])('%s is "%s"', (operation, words) => {
  expect(sayOperation(operation)).toBe(words)
})

test('who did it is named where the name is known', () => {
  const names = new Map([[7, 'ERP']])
  expect(sayActor({ kind: 'api_key', id: 7 }, names)).toBe('ERP')
  expect(sayActor({ kind: 'oauth_client', id: 8 }, names)).toBe('access token of a key 8')
  // Links have numbers of their own.
  expect(sayActor({ kind: 'portal_link', id: 7 }, names)).toBe('session of a console link 7')
  expect(sayActor({ kind: 'system', id: null }, names)).toBe('Scanhook itself')
})

test('what was changed is linked where it has a screen and is still there', () => {
  const entry = {
    ...{ id: 'x', at: '', actor: { kind: 'system', id: null }, request_id: null, truncated_fields: [] },
    ...{
      operation: 'asset.updated',
      resource: { kind: 'asset', id: '12', name: 'A' },
      before: {},
      after: {},
    },
  } satisfies Model<'AuditEntry'>
  expect(linkToResource(entry)).toBe('/assets/12')
  expect(linkToResource({ ...entry, operation: 'asset.deleted', after: null })).toBeNull()
  expect(linkToResource({ ...entry, resource: { kind: 'job', id: '1', name: null } })).toBeNull()
  expect(linkToResource({ ...entry, resource: { kind: 'asset', id: null, name: null } })).toBeNull()
})
