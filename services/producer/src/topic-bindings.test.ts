import { orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { eventBindingRule, givenOrg, readBindingRule, topicBindings } from './topic-bindings.ts'

test('topics are bound to an organization, or to none; without any the default topic is read', () => {
  expect([...topicBindings(['a', 'b=7', 'b=8'], 'x')]).toEqual([
    ['a', { orgId: null, format: 'scanhook' }],
    ['b', { orgId: 8, format: 'scanhook' }],
  ])
  expect([...topicBindings([], 'scanhook.reads')]).toEqual([
    ['scanhook.reads', { orgId: null, format: 'scanhook' }],
  ])
})

test('a topic of reads may be bound to a reader’s format, with an organization or without', () => {
  expect([...topicBindings(['a@gl-s10', 'b=7@csl-cs463'], 'x')]).toEqual([
    ['a', { orgId: null, format: 'gl-s10' }],
    ['b', { orgId: 7, format: 'csl-cs463' }],
  ])
})

test('the rules take what Kafka takes for a topic, ids from 1, and for reads the formats that there are', () => {
  for (const { matches } of [readBindingRule, eventBindingRule]) {
    for (const good of ['a', 'scanhook.reads', 'a=1', 'a=9007199254740991']) expect(good).toMatch(matches)
    for (const bad of [
      '',
      'a b',
      'a=',
      'a=0',
      'a=x',
      'a=1=2',
      '=1',
      '@gps',
      'a@',
      'a@csv',
      'a@gps=1',
      'a@gps@gps',
    ])
      expect(bad).not.toMatch(matches)
  }
  for (const good of ['a@gps', 'a=1@csl-cs463']) {
    expect(good).toMatch(readBindingRule.matches)
    expect(good).not.toMatch(eventBindingRule.matches)
  }
  for (const name of ['scanhook', 'csl-cs463', 'epcis']) expect(readBindingRule.rule).toContain(name)
})

test('the header may say the organization, and may not contradict the topic', () => {
  expect(givenOrg(null, undefined)).toEqual({ ok: true, orgId: null })
  expect(givenOrg(null, '7')).toEqual({ ok: true, orgId: 7 })
  expect(givenOrg(orgId(7), undefined)).toEqual({ ok: true, orgId: 7 })
  expect(givenOrg(orgId(7), '7')).toEqual({ ok: true, orgId: 7 })
  expect(givenOrg(orgId(7), '8').ok).toBe(false)
  expect(givenOrg(null, 'seven').ok).toBe(false)
})
