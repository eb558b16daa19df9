import { expect, test } from 'vitest'
import { orgId } from '../ids.ts'
import { isHeartbeat, parseHeartbeat } from './parse-heartbeat.ts'

function problemsOf(json: { readonly heartbeat: unknown }, org: number | null = 7): readonly string[] {
  const parsed = parseHeartbeat(json, { orgId: org === null ? null : orgId(org), fieldPrefix: '3.' })
  return parsed.ok ? [] : parsed.problems.map(({ field, code }) => `${field} ${code}`)
}

test('a heartbeat names its device, and its organization where nobody else does', () => {
  const json = { device: 'dock-3', heartbeat: true }
  expect(parseHeartbeat(json, { orgId: orgId(7) })).toEqual({
    ok: true,
    value: { orgId: 7, deviceKey: 'dock-3' },
  })
  const said = { ...json, org_id: 9 }
  expect(parseHeartbeat(said, { orgId: null })).toMatchObject({ value: { orgId: 9 } })
  expect(parseHeartbeat({ heartbeat: true }, { orgId: orgId(7), deviceKey: 'header' })).toMatchObject({
    value: { deviceKey: 'header' },
  })
})

test('F2: all problems at once', () => {
  expect(problemsOf({ heartbeat: true }, null)).toEqual(['3.org_id required', '3.device required'])
  const mixed = { device: 'd', heartbeat: false, tag: { value: 'E280' } }
  expect(problemsOf(mixed)).toEqual(['3.tag unknown_field', '3.heartbeat invalid_value'])
})

test('a read is none, and null counts as absent', () => {
  expect(isHeartbeat({ device: 'd', heartbeat: null })).toBe(false)
  expect(isHeartbeat({ device: 'd', tag: { value: 'E280' } })).toBe(false)
  expect(isHeartbeat([{ heartbeat: true }])).toBe(false)
  expect(isHeartbeat(null)).toBe(false)
  expect(isHeartbeat({ heartbeat: 'yes' })).toBe(true)
})
