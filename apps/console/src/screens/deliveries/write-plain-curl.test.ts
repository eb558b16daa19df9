import { expect, test } from 'vitest'
import { writePlainCurl } from './write-plain-curl.ts'

const request = {
  url: 'https://erp.example.com/in',
  request_headers: {
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1777336418',
    'webhook-signature': 'v1,abc=',
    'X-TrakRF-Event': 'asset.moved',
    'X-TrakRF-Timestamp': '1777336418',
    'X-TrakRF-Signature': 'sha256=00',
  },
  request_body: '{}',
}

test('the plain command has neither a signature nor its time', () => {
  const command = writePlainCurl(request) ?? ''
  expect(command).not.toMatch(/signature|timestamp/i)
  expect(command).toContain("--header 'webhook-id: msg_1'")
  expect(command).toContain("--header 'X-TrakRF-Event: asset.moved'")
})

test('what the log does not have any more is no command', () => {
  expect(writePlainCurl({ ...request, request_body: null })).toBeNull()
  expect(writePlainCurl({ ...request, url: null })).toBeNull()
})
