/**
 * Which addresses a delivery may reach. Owns the classification of an IP address and the operator's exceptions;
 * knows no DNS, no socket and no URL.
 *
 * Invariants
 *   A1. Default deny: an address that can't be parsed, carries a zone or falls in no rule is forbidden.
 *   A2. IPv4 must be ordinary unicast. IPv6 must be ordinary unicast inside 2000::/3 and embed no IPv4 address, even
 *       a public one: a translator between us and it would decide where the packet really goes.
 *   A3. An exception names a network *and* a port; it never opens the rest of the host.
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A CIDR network, parsed once. */
export interface Network {
  readonly text: string
  readonly address: ipaddr.IPv4 | ipaddr.IPv6
  readonly prefixLength: number
}

/** One entry of `WEBHOOK_ALLOWED_TARGETS`; `port` null means any port. */
export interface AllowedTarget {
  readonly network: Network
  readonly port: number | null
}

export interface TargetPolicy {
  /** Exceptions for development and private installations. They also permit http, any port, and literals. */
  readonly allowedTargets: readonly AllowedTarget[]
  /** Public-looking networks that are ours (cluster, own load balancers): never a customer's endpoint. */
  readonly deniedNetworks: readonly Network[]
  /** Who is asked for names instead of the machine's own name servers; `address` or `address:port`. */
  readonly nameServers?: readonly string[] | undefined
}

export type AddressVerdict = 'public' | 'allow_listed' | 'forbidden'

/** Publicly routed, and yet the platform's own: Azure's host agent answers there (DNS, DHCP, metadata). */
const azurePlatformAddress = '168.63.129.16'

/** All global unicast IPv6 that IANA has handed out so far (RFC 4291 §2.4, IANA IPv6 address space registry). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** ISATAP interface identifiers (RFC 5214 §6.1) carry an IPv4 address in their last 32 bits under any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const parts = address.parts
  return (parts[4] === 0 || parts[4] === 0x0200) && parts[5] === 0x5efe
}

function isPublicV4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && address.toString() !== azurePlatformAddress
}

function isPublicV6(address: ipaddr.IPv6): boolean {
  if (address.zoneId !== undefined && address.zoneId !== '') return false
  return address.match(globalUnicast) && address.range() === 'unicast' && !isIsatap(address)
}

function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // ipaddr.js also reads 0x7f.1 and 2130706433; only the canonical spellings that Node itself dials are let in.
  if (isIP(address) === 0) return null
  return ipaddr.parse(address)
}

/** True when the address is one that strangers may be reached at, exceptions aside (A1, A2). */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address)
  if (parsed === null) return false
  return parsed instanceof ipaddr.IPv4 ? isPublicV4(parsed) : isPublicV6(parsed)
}

function contains(network: Network, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (network.address.kind() !== address.kind()) return false
  return address.match(network.address, network.prefixLength)
}

/** What the policy says about dialling `address` at `port`. An exception wins over everything else (A3). */
export function judgeAddress(policy: TargetPolicy, address: string, port: number): AddressVerdict {
  const parsed = parseAddress(address)
  if (parsed === null) return 'forbidden'
  const isListed = policy.allowedTargets.some(
    (target) => (target.port === null || target.port === port) && contains(target.network, parsed),
  )
  if (isListed) return 'allow_listed'
  if (policy.deniedNetworks.some((network) => contains(network, parsed))) return 'forbidden'
  return isPublicAddress(address) ? 'public' : 'forbidden'
}

/** `10.0.0.0/8`, or a bare address meaning itself only. Null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const [addressText, prefixText, ...rest] = text.split('/')
  if (addressText === undefined || rest.length > 0) return null
  const address = parseAddress(addressText)
  if (address === null) return null
  const bits = address.kind() === 'ipv4' ? 32 : 128
  if (prefixText === undefined) return { text, address, prefixLength: bits }
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return null
  return { text, address, prefixLength: Number(prefixText) }
}

/** `127.0.0.1/32:9000`, `fd00::/8:*`. Null when it is something else. */
export function parseAllowedTarget(text: string): AllowedTarget | null {
  const cut = text.lastIndexOf(':')
  if (cut <= 0) return null
  const portText = text.slice(cut + 1)
  const network = text.slice(0, cut)
  // Without the slash `::1:9000` would read as an address with a port or as an address without one.
  if (!network.includes('/')) return null
  const parsed = parseNetwork(network)
  if (parsed === null) return null
  if (portText === '*') return { network: parsed, port: null }
  if (!/^\d{1,5}$/.test(portText)) return null
  const port = Number(portText)
  return port >= 1 && port <= 65_535 ? { network: parsed, port } : null
}
