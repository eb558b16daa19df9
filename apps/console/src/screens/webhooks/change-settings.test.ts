import { expect, test } from 'vitest'
import type { Model } from '../../api/api.ts'
import { changeOf, formOf, isSameForm, keepTyped, settingsBetween } from './change-settings.ts'

const subscription = (type: string, filter: string | null = null) => ({
  ...{ event_type: type, filter, expire_after_minutes: null, latest_only: type === 'asset.moved' },
})

const webhook = {
  ...{ url: 'https://a.example/', name: null, description: 'old' },
  headers: { 'X-Key': 'a', 'X-Other': 'b' },
  ...{ rate_limit_per_second: 5, traceparent: false },
  event_types: ['asset.moved', 'asset.scanned'],
  subscriptions: [subscription('asset.moved'), subscription('asset.scanned')],
} as Partial<Model<'Webhook'>> as Model<'Webhook'>
const form = formOf(webhook)

test('what was not changed is not sent', () => {
  expect(changeOf(webhook, form)).toEqual({})
  expect(changeOf(webhook, { ...form, eventTypes: form.eventTypes.toReversed() })).toEqual({})
})

test('an emptied text and an emptied limit are null', () => {
  expect(changeOf(webhook, { ...form, description: ' ', rate: '' })).toEqual({
    ...{ description: null, rate_limit_per_second: null },
  })
  expect(changeOf(webhook, { ...form, url: ' https://b.example/ ', name: 'b', traceparent: true })).toEqual({
    ...{ url: 'https://b.example/', name: 'b', traceparent: true },
  })
})

test('a header that is gone is null, one that is as it was is not sent', () => {
  expect(changeOf(webhook, { ...form, headers: 'X-Key: a\n\nX-New:c: d' })).toEqual({
    headers: { 'X-Other': null, 'X-New': 'c: d' },
  })
})

test('a filter is set on every subscription; what else a subscription says stays', () => {
  expect(
    changeOf(webhook, { ...form, filter: ' data.a == 1 ', eventTypes: ['asset.moved', 'check.*'] }),
  ).toEqual({
    subscriptions: [subscription('asset.moved', 'data.a == 1'), subscription('check.*', 'data.a == 1')],
  })
})

test('filters that differ are left alone', () => {
  const own = {
    ...webhook,
    subscriptions: [subscription('asset.moved', 'a'), subscription('asset.scanned', 'b')],
  }
  expect(formOf(own).filter).toBeNull()
  expect(changeOf(own, { ...formOf(own), eventTypes: ['asset.scanned', '*'] })).toEqual({
    subscriptions: [subscription('asset.scanned', 'b'), subscription('*')],
  })
})

test('what somebody else changed meanwhile is told in words, and what only happened to the endpoint is not', () => {
  const healed = { ...webhook, updated_at: 'later', failing_since: null, state: 'paused' as const }
  expect(settingsBetween(webhook, healed)).toEqual([])
  const theirs = { ...webhook, url: 'https://c.example/', event_types: ['asset.moved'], traceparent: true }
  expect(settingsBetween(webhook, theirs)).toEqual([
    { label: 'URL', before: 'https://a.example/', now: 'https://c.example/' },
    { label: 'Send traceparent', before: 'no', now: 'yes' },
    { label: 'Events', before: 'asset.moved, asset.scanned', now: 'asset.moved' },
  ])
})

test('subscriptions are written whole: of them what was not changed here stays as somebody else made it', () => {
  const theirs = {
    ...webhook,
    event_types: ['check.*'],
    subscriptions: [{ ...subscription('check.*', 'a'), expire_after_minutes: 5 }],
  }
  expect(changeOf(webhook, { ...form, filter: 'b' }, theirs)).toEqual({
    subscriptions: [{ ...subscription('check.*', 'b'), expire_after_minutes: 5 }],
  })
  expect(changeOf(webhook, { ...form, eventTypes: ['check.*', '*'] }, theirs)).toEqual({
    subscriptions: [{ ...subscription('check.*', 'a'), expire_after_minutes: 5 }, subscription('*', 'a')],
  })
  expect(changeOf(webhook, { ...form, name: 'b' }, theirs)).toEqual({ name: 'b' })
})

test('what was typed while it was saved stays; everything else is as it was saved', () => {
  const sent = { ...form, name: ' b ' }
  const saved = formOf({ ...webhook, name: 'b' })
  expect(isSameForm(keepTyped(sent, sent, saved), saved)).toBe(true)
  expect(keepTyped({ ...sent, description: 'new' }, sent, saved)).toEqual({ ...saved, description: 'new' })
})
