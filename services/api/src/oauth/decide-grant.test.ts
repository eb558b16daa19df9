import { expect, test } from 'vitest'
import { decideGrant, type TokenRequest } from './decide-grant.ts'

const client = { client_id: '1', client_secret: 's' }

test('a client asks with its credentials', () => {
  expect(decideGrant({ grant_type: 'client_credentials', ...client })).toEqual({
    kind: 'credentials',
    client: { id: '1', secret: 's' },
  })
})

test('a refresh token is enough; who sends the client as well has it checked', () => {
  expect(decideGrant({ grant_type: 'refresh_token', refresh_token: 'rt' })).toEqual({
    kind: 'refresh',
    refreshToken: 'rt',
    client: null,
  })
  expect(decideGrant({ grant_type: 'refresh_token', refresh_token: 'rt', ...client })).toEqual({
    kind: 'refresh',
    refreshToken: 'rt',
    client: { id: '1', secret: 's' },
  })
})

test.each<[TokenRequest, readonly (readonly [string, string])[]]>([
  [
    { grant_type: 'client_credentials' },
    [
      ['client_id', 'required'],
      ['client_secret', 'required'],
    ],
  ],
  [{ grant_type: 'client_credentials', client_id: '1' }, [['client_secret', 'required']]],
  [
    { grant_type: 'client_credentials', ...client, refresh_token: 'rt' },
    [['refresh_token', 'invalid_context']],
  ],
  [{ grant_type: 'refresh_token' }, [['refresh_token', 'required']]],
  [{ grant_type: 'refresh_token', refresh_token: 'rt', client_secret: 's' }, [['client_id', 'required']]],
  [
    { grant_type: 'refresh_token', client_id: '1' },
    [
      ['client_secret', 'required'],
      ['refresh_token', 'required'],
    ],
  ],
])('%j is refused: %j', (request, expected) => {
  const grant = decideGrant(request)
  expect(grant.kind === 'refused' && grant.problems.map(({ field, code }) => [field, code])).toEqual(expected)
})
