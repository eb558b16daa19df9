import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Arrived, judgeRequest } from './judge-request.ts'

const key = Buffer.alloc(32, 7)
const secret = `whsec_${key.toString('base64')}`
const nowMs = 1_777_336_418_000
const body = '{"name":"<b>🔑 ‮rtl</b>"}'

function arrived(
  change: { readonly body?: string; readonly at?: number; readonly prefix?: string } = {},
): Arrived {
  const timestamp = String(change.at ?? nowMs / 1000)
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64')
  return {
    request_id: 'r',
    received_at: new Date(nowMs).toISOString(),
    headers: [
      ['Webhook-Id', 'msg_1'],
      ['webhook-timestamp', timestamp],
      ['webhook-signature', `${change.prefix ?? ''}v1,${signature}`],
    ],
    body_base64: Buffer.from(change.body ?? body).toString('base64'),
  }
}

test('what was signed with the secret is verified, byte for byte', async () => {
  expect(await judgeRequest(arrived(), secret, nowMs)).toMatchObject({ isVerified: true })
})

test('one right signature of several is enough, whatever the others are', async () => {
  const prefix = 'v1a,AAAA v1,!!! v1,AAAA '
  expect(await judgeRequest(arrived({ prefix }), secret, nowMs)).toMatchObject({ isVerified: true })
})

test.each([
  ['another body', arrived({ body: `${body} ` }), secret, nowMs, /over this body/],
  ['another secret', arrived(), `whsec_${Buffer.alloc(32, 8).toString('base64')}`, nowMs, /this secret/],
  ['an old one', arrived(), secret, nowMs + 301_000, /five minutes/],
  ['one without a time', arrived({ at: Number.NaN }), secret, nowMs, /five minutes/],
  ['one without headers', { ...arrived(), headers: [] }, secret, nowMs, /lacks/],
])('%s is not', async (_, request, withSecret, atMs, says) => {
  const judged = await judgeRequest(request, withSecret, atMs)
  expect(judged.isVerified).toBe(false)
  expect(judged.says).toMatch(says)
})
