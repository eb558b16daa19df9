import { expect, test } from 'vitest'
import { actorOf } from './author-of.ts'

const caller = { orgId: 1, apiKeyId: 2, scopes: [] }

test.each([
  [undefined, { kind: 'api_key', id: 2 }],
  [
    { kind: 'access_token', id: 3 },
    { kind: 'oauth_client', id: 2 },
  ],
  [
    { kind: 'portal_link', id: 4 },
    { kind: 'portal_link', id: 4 },
  ],
] as const)('who asks through %o is %o', (through, actor) => {
  expect(actorOf({ ...caller, through })).toEqual(actor)
})
