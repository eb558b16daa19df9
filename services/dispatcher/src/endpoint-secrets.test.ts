import type { Endpoint } from '@scanhook/domain/endpoint'
import { expect, test } from 'vitest'
import { endpointSecrets } from './endpoint-secrets.ts'

function endpointWith(sealedSecrets: readonly string[], version = 1): Endpoint {
  return { id: 7, version, sealedSecrets } as unknown as Endpoint
}

interface Bench {
  readonly secretsOf: (endpoint: Endpoint) => readonly string[]
  readonly opened: string[]
  readonly reported: unknown[]
}

/** Opens what is sealed as `sealed:…`, and nothing else. */
function bench(): Bench {
  const opened: string[] = []
  const reported: unknown[] = []
  const open = (sealed: string): string => {
    opened.push(sealed)
    if (!sealed.startsWith('sealed:')) throw new Error('SEAL_KEY_UNKNOWN')
    return sealed.slice('sealed:'.length)
  }
  const secretsOf = endpointSecrets(open, ({ version }, { opened: openedCount, unreadable }) =>
    reported.push({ version, opened: openedCount, unreadable }),
  )
  return { secretsOf, opened, reported }
}

test('S1: secrets are opened once for each version, newest first', () => {
  const at = bench()
  expect(at.secretsOf(endpointWith(['sealed:a', 'sealed:b']))).toEqual(['a', 'b'])
  at.secretsOf(endpointWith(['sealed:a', 'sealed:b']))
  expect(at.opened).toHaveLength(2)
  expect(at.secretsOf(endpointWith(['sealed:c', 'sealed:a'], 2))).toEqual(['c', 'a'])
  expect(at.reported).toEqual([])
})

test('S2: a secret that does not open leaves the others, and is said once for each version', () => {
  const at = bench()
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(at.secretsOf(endpointWith(['sealed:new', 'other']))).toEqual(['new'])
    expect(at.secretsOf(endpointWith(['sealed:new', 'other']))).toEqual(['new'])
  }
  expect(at.reported).toEqual([{ version: 1, opened: 1, unreadable: 1 }])
  at.secretsOf(endpointWith(['other', 'sealed:new'], 2))
  expect(at.reported).toHaveLength(2)
})

test('S2: when none opens, or there is none, nothing is given, and it is said once', () => {
  const at = bench()
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(at.secretsOf(endpointWith(['other', 'another']))).toEqual([])
  }
  for (let attempt = 0; attempt < 3; attempt += 1) expect(at.secretsOf(endpointWith([], 2))).toEqual([])
  expect(at.opened).toHaveLength(2)
  expect(at.reported).toEqual([
    { version: 1, opened: 0, unreadable: 2 },
    { version: 2, opened: 0, unreadable: 0 },
  ])
})
