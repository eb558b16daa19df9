/** Settings of everything that checks or sends to a customer's URL. */
import { type Config, optionalText, type Setting } from '@scanhook/config/settings'
import {
  type AllowedTarget,
  type Network,
  parseAllowedTarget,
  parseNetwork,
  type TargetPolicy,
} from './address-policy.ts'

function entriesOf<T>(raw: string, parse: (entry: string) => T | null): readonly T[] | undefined {
  const entries = raw
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const parsed: T[] = []
  for (const entry of entries) {
    const value = parse(entry)
    if (value === null) return undefined
    parsed.push(value)
  }
  return parsed
}

const allowedTargets: Setting<readonly AllowedTarget[]> = {
  ...optionalText({
    description:
      'Exceptions to the address policy: networks and ports that endpoints may use although they are private, also over http',
    reason:
      'Empty: only public https endpoints are accepted. Meant for development and for receivers inside the company.',
  }),
  rule: 'a comma-separated list of CIDR:port or CIDR:*, such as 127.0.0.1/32:9000',
  parse: (raw) => entriesOf(raw, parseAllowedTarget),
}

const deniedNetworks: Setting<readonly Network[]> = {
  ...optionalText({
    description: 'Public networks that are our own (cluster, load balancers) and must never be delivered to',
    reason:
      'Empty: private and special networks are always refused; only the operator knows which public ones are theirs.',
  }),
  rule: 'a comma-separated list of CIDR networks',
  parse: (raw) => entriesOf(raw, parseNetwork),
}

export const webhookTargetSettings: {
  readonly WEBHOOK_ALLOWED_TARGETS: Setting<readonly AllowedTarget[]>
  readonly WEBHOOK_DENIED_NETWORKS: Setting<readonly Network[]>
} = { WEBHOOK_ALLOWED_TARGETS: allowedTargets, WEBHOOK_DENIED_NETWORKS: deniedNetworks }

/** The policy that the settings describe. */
export function targetPolicy(config: Config<typeof webhookTargetSettings>): TargetPolicy {
  return { allowedTargets: config.WEBHOOK_ALLOWED_TARGETS, deniedNetworks: config.WEBHOOK_DENIED_NETWORKS }
}
