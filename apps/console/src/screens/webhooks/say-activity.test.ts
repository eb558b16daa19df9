import { expect, test } from 'vitest'
import { sayActivity } from './say-activity.ts'

test.each([
  ['webhook.secret_rotated', 'api_key', 4, 'Secret rotated by API key 4'],
  ['webhook.disabled', 'system', null, 'Disabled by Scanhook itself'],
  ['job.created', 'portal_link', 9, 'job.created by console session 9'],
] as const)('%s of %s', (operation, kind, id, says) => {
  expect(sayActivity({ operation, actor: { kind, id } })).toBe(says)
})
