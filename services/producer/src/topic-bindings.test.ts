import { orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { bindingRule, givenOrg, topicBindings } from './topic-bindings.ts'

test('topics are bound to an organization, or to none; without any the default topic is read', () => {
  expect([...topicBindings(['a', 'b=7', 'b=8'], 'x')]).toEqual([
    ['a', null],
    ['b', 8],
  ])
  expect([...topicBindings([], 'scanhook.reads')]).toEqual([['scanhook.reads', null]])
})

test('the rule takes what Kafka takes for a topic, and ids from 1', () => {
  for (const good of ['a', 'scanhook.reads', 'a=1', 'a=9007199254740991'])
    expect(good).toMatch(bindingRule.matches)
  for (const bad of ['', 'a b', 'a=', 'a=0', 'a=x', 'a=1=2', '=1'])
    expect(bad).not.toMatch(bindingRule.matches)
})

test('the header may say the organization, and may not contradict the topic', () => {
  expect(givenOrg(null, undefined)).toEqual({ ok: true, orgId: null })
  expect(givenOrg(null, '7')).toEqual({ ok: true, orgId: 7 })
  expect(givenOrg(orgId(7), undefined)).toEqual({ ok: true, orgId: 7 })
  expect(givenOrg(orgId(7), '7')).toEqual({ ok: true, orgId: 7 })
  expect(givenOrg(orgId(7), '8').ok).toBe(false)
  expect(givenOrg(null, 'seven').ok).toBe(false)
})
