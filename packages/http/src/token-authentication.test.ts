import { expect, test } from 'vitest'
import { openAccessTokens } from './access-token.ts'
import type { Caller } from './authentication.ts'
import { tokenAuthentication } from './token-authentication.ts'

const tokens = openAccessTokens([{ id: 'k', key: new Uint8Array(32) }])
const grant = { orgId: 1, apiKeyId: 2, chainId: 3, scopes: ['assets:read', 'keys:admin'] }
const bearerOfKey: Caller = { orgId: 5, apiKeyId: 6, scopes: [] }
const nowMs = 1_700_000_000_000

function authenticateWith(live: Caller | null, asked: unknown[] = []) {
  return tokenAuthentication({
    authenticateKey: async () => bearerOfKey,
    tokens,
    findLive: async (chain) => {
      asked.push(chain)
      return live
    },
    clock: { nowMs: () => nowMs },
  })
}

test('an API key is looked up as before', async () => {
  expect(await authenticateWith(null)('sk_1_x')).toEqual(bearerOfKey)
})

test('T1: an access token asks whether its chain and key live, and ends with them; a bad one asks nothing', async () => {
  const token = await tokens.sign(grant, nowMs)
  const asked: unknown[] = []
  expect(await authenticateWith(null, asked)(token)).toBeNull()
  expect(asked).toMatchObject([{ chainId: 3, apiKeyId: 2 }])
  expect(await authenticateWith({ ...bearerOfKey, orgId: 9 })(token)).toBeNull()
  expect(await authenticateWith(bearerOfKey, asked)(`${token}x`)).toBeNull()
  expect(asked).toHaveLength(1)
})

test('T2: it gives what token and key both have, and says when it ends', async () => {
  const live = { orgId: 1, apiKeyId: 2, scopes: ['assets:write', 'assets:read'] }
  expect(await authenticateWith(live)(await tokens.sign(grant, nowMs))).toEqual({
    orgId: 1,
    apiKeyId: 2,
    scopes: ['assets:read'],
    expiresAtMs: nowMs + 900_000,
    through: { kind: 'access_token', id: 3 },
  })
})

test('T3: a session is known as its link, and says that it is not to be remembered', async () => {
  const session = { linkId: 9, orgId: 1, apiKeyId: 2, scopes: ['assets:read'], expiresAt: nowMs + 1 }
  const authenticate = tokenAuthentication({
    authenticateKey: async () => bearerOfKey,
    tokens,
    findLive: async () => null,
    findSession: async (token) => (token === 'ps_right' ? session : null),
    clock: { nowMs: () => nowMs },
  })
  expect(await authenticate('ps_right')).toEqual({
    ...{ orgId: 1, apiKeyId: 2, scopes: ['assets:read'], expiresAtMs: nowMs + 1 },
    ...{ through: { kind: 'portal_link', id: 9 }, isEndedAtOnce: true },
  })
  expect(await authenticate('ps_wrong')).toBeNull()
})
