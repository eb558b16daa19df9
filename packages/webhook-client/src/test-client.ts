/** What the tests of this package open clients with: real time, policies that list ports of 127.0.0.1. */
import { parseAllowedTarget, type TargetPolicy } from './address-policy.ts'
import { openWebhookClient, type PostRequest, type WebhookClient, type WebhookClientOptions } from './post.ts'

export const testClock: WebhookClientOptions['clock'] = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Exceptions for these ports of 127.0.0.1. */
export function policyFor(...ports: readonly number[]): TargetPolicy {
  const allowedTargets = ports
    .map((port) => parseAllowedTarget(`127.0.0.1/32:${port}`))
    .filter((entry) => entry !== null)
  return { allowedTargets, deniedNetworks: [] }
}

/** Its names are all at 127.0.0.1, unless `options` have a resolver. */
export function openTestClient(
  policy: TargetPolicy,
  options: Partial<WebhookClientOptions> = {},
): WebhookClient {
  return openWebhookClient({ policy, clock: testClock, resolve: async () => ['127.0.0.1'], ...options })
}

/** A small request. Its deadline only ends a run that is broken; who tests deadlines gives a shorter one. */
export function testRequest(url: string, change: Partial<PostRequest> = {}): PostRequest {
  return {
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    timeoutMs: 10_000,
    ...change,
  }
}
