import { expect, test } from 'vitest'
import { clientOfBasic, decideGrant, type TokenRequest } from './decide-grant.ts'

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

const basicOf = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

test('a client may come in the Basic header, and then not in the body as well', () => {
  const basic = clientOfBasic(basicOf('1:s'))
  expect(basic).toEqual({ id: '1', secret: 's' })
  expect(decideGrant({ grant_type: 'client_credentials' }, basic)).toEqual({
    kind: 'credentials',
    client: basic,
  })
  expect(decideGrant({ grant_type: 'refresh_token', refresh_token: 'rt' }, basic)).toMatchObject({
    client: basic,
  })
  expect(decideGrant({ grant_type: 'client_credentials', ...client }, basic)).toMatchObject({
    kind: 'refused',
    problems: [
      { field: 'client_id', code: 'ambiguous_fields' },
      { field: 'client_secret', code: 'ambiguous_fields' },
    ],
  })
  for (const wrong of [
    undefined,
    'Basic',
    basicOf('1'),
    basicOf('1:2:3'),
    'Bearer 1:s',
    `Basic ${'A'.repeat(1025)}`,
  ])
    expect(clientOfBasic(wrong)).toBeNull()
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
