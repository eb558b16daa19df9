import { parseEnv } from '@scanhook/config/settings'
import { expect, test } from 'vitest'
import { targetPolicy, webhookTargetSettings } from './settings.ts'

test('nothing said: no exception, nothing of our own, the name servers of the machine', () => {
  const parsed = parseEnv(webhookTargetSettings, {})
  expect(parsed.ok && targetPolicy(parsed.config)).toEqual({
    allowedTargets: [],
    deniedNetworks: [],
    nameServers: [],
  })
})

test('name servers are addresses, with a port or without', () => {
  const given = '192.0.2.53, 127.0.0.1:5353, 2001:db8::53,[2001:db8::53]:5353'
  const parsed = parseEnv(webhookTargetSettings, { WEBHOOK_NAME_SERVERS: given })
  expect(parsed.ok && targetPolicy(parsed.config).nameServers).toEqual([
    '192.0.2.53',
    '127.0.0.1:5353',
    '2001:db8::53',
    '[2001:db8::53]:5353',
  ])
})

test.each([
  'dns.example.com',
  '127.0.0.1:0',
  '127.0.0.1:65536',
  '[127.0.0.1]:53',
  '127.1',
  '127.0.0.1:',
  'x',
])('%s is no name server', (server) => {
  expect(parseEnv(webhookTargetSettings, { WEBHOOK_NAME_SERVERS: server }).ok).toBe(false)
})
