/** Settings of everything that checks or sends to a customer's URL. */
import { isIP } from 'node:net'
import { type Config, listSchema, optionalText, type Setting } from '@scanhook/config/settings'
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
  schema: listSchema,
  rule: 'a comma-separated list of CIDR:port or CIDR:*, such as 127.0.0.1/32:9000',
  parse: (raw) => entriesOf(raw, parseAllowedTarget),
}

const deniedNetworks: Setting<readonly Network[]> = {
  ...optionalText({
    description: 'Public networks that are our own (cluster, load balancers) and must never be delivered to',
    reason:
      'Empty: private and special networks are always refused; only the operator knows which public ones are theirs.',
  }),
  schema: listSchema,
  rule: 'a comma-separated list of CIDR networks',
  parse: (raw) => entriesOf(raw, parseNetwork),
}

/** `1.1.1.1`, `127.0.0.1:5353`, `[::1]:53`, `::1`: what c-ares takes. Null when it is something else. */
function parseNameServer(text: string): string | null {
  if (isIP(text) !== 0) return text
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(found?.[3] ?? 0)
  if (found === null || port < 1 || port > 65_535) return null
  return isIP(found[1] ?? '') === 6 || isIP(found[2] ?? '') === 4 ? text : null
}

const nameServers: Setting<readonly string[]> = {
  ...optionalText({
    description: 'Name servers that are asked for the host names of endpoints',
    reason:
      "Empty: the machine's own. One that knows no internal names keeps those from being guessed at by naming them in a URL.",
  }),
  schema: listSchema,
  rule: 'a comma-separated list of addresses, with a port where it is not 53, such as 192.0.2.53 or 127.0.0.1:5353',
  parse: (raw) => entriesOf(raw, parseNameServer),
}

export const webhookTargetSettings: {
  readonly WEBHOOK_ALLOWED_TARGETS: Setting<readonly AllowedTarget[]>
  readonly WEBHOOK_DENIED_NETWORKS: Setting<readonly Network[]>
  readonly WEBHOOK_NAME_SERVERS: Setting<readonly string[]>
} = {
  WEBHOOK_ALLOWED_TARGETS: allowedTargets,
  WEBHOOK_DENIED_NETWORKS: deniedNetworks,
  WEBHOOK_NAME_SERVERS: nameServers,
}

/** The policy that the settings describe. Read once, at the start: a change of it is a restart, which ends every kept-alive connection. */
export function targetPolicy(config: Config<typeof webhookTargetSettings>): TargetPolicy {
  return {
    allowedTargets: config.WEBHOOK_ALLOWED_TARGETS,
    deniedNetworks: config.WEBHOOK_DENIED_NETWORKS,
    nameServers: config.WEBHOOK_NAME_SERVERS,
  }
}
