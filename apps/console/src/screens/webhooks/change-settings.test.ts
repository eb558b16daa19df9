import { expect, test } from 'vitest'
import type { Model } from '../../api/api.ts'
import { changeOf, formOf } from './change-settings.ts'

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
