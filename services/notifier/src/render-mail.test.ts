import type { EndpointLife } from '@scanhook/domain/endpoint-life/endpoint-life'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NoticeFacts, noticeFacts } from './notice-facts.ts'
import type { Notice } from './render-event.ts'
import { renderMail } from './render-mail.ts'

const atMs = Date.UTC(2026, 6, 27, 16, 30)
const sinceMs = Date.UTC(2026, 6, 27, 16, 26, 26)
const life: EndpointLife = {
  state: 'active',
  failingSinceMs: sinceMs,
  failingAtMs: atMs,
  recoveredAtMs: null,
  enabledAtMs: null,
  disabledAtMs: null,
  disabledReason: null,
  isEpisodeTold: true,
}
const endpoint = {
  id: endpointId(7),
  url: 'https://erp.example.com/hooks?a=1&b=<2>',
  name: 'ERP "west"',
  profile: 'standard' as const,
  life,
}
const happening = {
  atMs,
  sinceMs,
  reason: '5 attempts of one delivery failed, the last with status 503',
  deliveryId: deliveryId('5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f'),
  event: { id: eventId('3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69'), type: 'asset.moved' as const },
}
const failing = noticeFacts(happening, { endpoint, life, scale: 1 })

function notice(kind: Notice['kind'], facts: NoticeFacts): Notice {
  return { orgId: orgId(1), endpointId: endpointId(7), kind, episodeMs: sinceMs, facts }
}

test('failing: what failed, since when, what happens next, what to do', () => {
  const { subject, text } = renderMail(notice('failing', failing), 'https://console.example.com/')
  expect(subject).toBe('Webhook failing: ERP "west"')
  expect(text).toBe(`Your webhook "ERP "west"" is failing

WHAT HAPPENED
5 attempts of one delivery failed, the last with status 503. There was no success since.
  URL: https://erp.example.com/hooks?a=1&b=<2>
  No success since: 2026-07-27 16:26:26 UTC
  Noticed: 2026-07-27 16:30:00 UTC
  Delivery: 5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f
  Event: asset.moved, 3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69

WHAT HAPPENS NEXT
This delivery is tried again until 2026-07-28 16:26:26 UTC, others for as long after their first attempt.
If nothing succeeds until 2026-08-01 16:26:26 UTC, the webhook is disabled and gets nothing any more.
You hear from us once more: when it recovers, or when it is disabled.

WHAT TO DO
  1. See that the URL can be reached and answers with a status from 200 to 299.
  2. Look at what your server answered:
     GET /api/v1/deliveries/5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f
  3. Send a test event:
     POST /api/v1/webhooks/7/test
  4. If deliveries were given up meanwhile, have them sent again:
     POST /api/v1/webhooks/7/recover {"since": "2026-07-27T16:26:26Z"}

In the console: https://console.example.com/webhooks/7

You get this mail because your address is a contact of your organization (contact_emails in PATCH /api/v1/orgs/me).
`)
})

test('disabled by 410: what it means, how to enable it, how to recover', () => {
  const gone: EndpointLife = { ...life, state: 'disabled', disabledAtMs: atMs, disabledReason: 'gone' }
  const facts = noticeFacts(
    { ...happening, reason: 'the endpoint answered 410 Gone', sinceMs: null },
    {
      endpoint: { ...endpoint, name: null, life: { ...life, failingSinceMs: null } },
      life: { ...gone, failingSinceMs: null },
      scale: 1,
    },
  )
  const { subject, text } = renderMail(notice('disabled', facts), '')
  expect(subject).toBe('Webhook disabled: erp.example.com')
  expect(text).toBe(`Your webhook at erp.example.com was disabled

WHAT HAPPENED
The endpoint answered 410 Gone. That means: never send here again.
  URL: https://erp.example.com/hooks?a=1&b=<2>
  Noticed: 2026-07-27 16:30:00 UTC
  Delivery: 5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f
  Event: asset.moved, 3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69

WHAT HAPPENS NEXT
Nothing is sent to it until you enable it. Events go on being recorded.

WHAT TO DO
  1. See that the URL is right, can be reached, and answers with a status from 200 to 299.
  2. Look at what your server answered:
     GET /api/v1/deliveries/5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f
  3. Enable it:
     PATCH /api/v1/webhooks/7 {"enabled": true}
  4. Have what it missed sent to it:
     POST /api/v1/webhooks/7/recover {"since": "2026-07-27T16:30:00Z"}

You get this mail because your address is a contact of your organization (contact_emails in PATCH /api/v1/orgs/me).
`)
})

test('recovered: nothing to do, unless something was given up', () => {
  const facts = noticeFacts(
    { ...happening, reason: 'delivered on attempt 6', sinceMs: null },
    { endpoint, life: { ...life, failingSinceMs: null, failingAtMs: null }, scale: 1 },
  )
  const { subject, text } = renderMail(notice('recovered', facts), '')
  expect(subject).toBe('Webhook recovered: ERP "west"')
  expect(text).toContain('A delivery succeeded: delivered on attempt 6.')
  expect(text).toContain('No success since: 2026-07-27 16:26:26 UTC')
  expect(text).toContain('POST /api/v1/webhooks/7/recover {"since": "2026-07-27T16:26:26Z"}')
})

test('the HTML says the same as the text', () => {
  const { text, html } = renderMail(notice('failing', failing), 'https://console.example.com')
  const words = html
    .replaceAll(/<[^>]+>/g, '\n')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  for (const line of [
    '5 attempts of one delivery failed',
    'https://erp.example.com/hooks?a=1&b=<2>',
    '2026-08-01 16:26:26 UTC',
    'POST /api/v1/webhooks/7/test',
  ]) {
    expect(text).toContain(line)
    expect(words).toContain(line)
  }
  expect(html).toContain('<a href="https://console.example.com/webhooks/7">')
})

test('R1: nothing that is not ours is read as HTML', () => {
  const allowed =
    /^(?:!doctype html|\/?(?:html|body|h1|h2|p|ul|ol|li|code|a)|br)(?: (?:lang|style|href)="[^"<>]*")*$/
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<script>x</script>', '"><img src=x onerror=y>', ''),
      (noise, evil) => {
        const words = `${noise}${evil}`
        const facts: NoticeFacts = {
          ...failing,
          reason: words,
          webhook: { id: endpointId(7), url: `https://x.example/${words}`, name: words },
        }
        for (const kind of ['failing', 'recovered', 'disabled'] as const) {
          const { html } = renderMail(notice(kind, facts), 'https://console.example.com')
          const tags = [...html.matchAll(/<([^>]*)>/g)].map(([, tag = '']) => tag)
          expect(tags.filter((tag) => !allowed.test(tag))).toEqual([])
        }
      },
    ),
  )
})

test('R2: the subject is one short line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 255 }), (name) => {
      const { subject } = renderMail(
        notice('recovered', { ...failing, webhook: { ...failing.webhook, name } }),
        '',
      )
      expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      expect(subject.length).toBeLessThanOrEqual(70)
    }),
  )
})

test('times are scaled as retries are, and a table of retries ends with its last', () => {
  expect(noticeFacts(happening, { endpoint, life, scale: 100 })).toMatchObject({
    retriesUntilMs: sinceMs + 864_000,
    disablesAtMs: sinceMs + 4_320_000,
  })
  const table = noticeFacts(happening, { endpoint: { ...endpoint, profile: 'trackberry' }, life, scale: 1 })
  expect(table.retriesUntilMs).toBe(sinceMs + (1 + 5 + 30 + 120 + 24 * 60) * 60_000)
})
