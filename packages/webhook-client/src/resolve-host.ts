/**
 * Names to addresses, with our own resolver (c-ares) and not `getaddrinfo`: the latter occupies one of Node's four
 * pool threads for as long as a slow name server pleases, so a handful of endpoints with broken DNS would hold back
 * all others; it also expands search domains, which turn a customer's `intranet` into ours.
 *
 * Nothing is remembered here: a name is asked for anew at every connection, so what was checked can't grow stale.
 */
import { Resolver } from 'node:dns/promises'
import { WebhookClientError } from './errors.ts'

/** All addresses of a name, IPv4 first. Rejects with code WEBHOOK_NAME_UNRESOLVED when there is none. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>

/** Two tries of 2 s stay well inside the shortest attempt timeout (5 s). */
const queryTimeoutMs = 2_000
const queryTries = 2

async function addressesOf(
  query: Promise<string[]>,
): Promise<{ readonly addresses: readonly string[]; readonly error: unknown }> {
  try {
    return { addresses: await query, error: null }
  } catch (error) {
    return { addresses: [], error }
  }
}

/**
 * `localhost` and what is below it are answered here, as RFC 6761 §6.3 asks: no name server is asked for them.
 * `nameServers`: `address` or `address:port` each, IPv6 in brackets; none means those of the machine. Throws on others.
 */
export function hostResolver(nameServers: readonly string[] = []): ResolveHost {
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries: queryTries })
  if (nameServers.length > 0) resolver.setServers(nameServers)
  return async (hostname) => {
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) return ['127.0.0.1']
    const [v4, v6] = await Promise.all([
      addressesOf(resolver.resolve4(hostname)),
      addressesOf(resolver.resolve6(hostname)),
    ])
    const addresses = [...v4.addresses, ...v6.addresses]
    if (addresses.length === 0) {
      throw new WebhookClientError(
        'WEBHOOK_NAME_UNRESOLVED',
        'the host name has no address',
        v4.error ?? v6.error,
      )
    }
    return addresses
  }
}
