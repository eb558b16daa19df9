/**
 * The only place that opens a socket to a customer's host. Runs for every connection, IP literals included: a guard
 * in `lookup` alone is never asked for a literal, which is how several products could be sent to 127.0.0.1.
 *
 * Invariants
 *   S1. A socket is opened only to an address that was judged in this very call: names are resolved here, every
 *       answer is judged, one forbidden answer refuses the whole name, and the vetted addresses themselves are dialled.
 *       A second look-up, which could answer differently, never happens.
 *   S2. After the connection stands, the peer's address is compared with the vetted ones again.
 *   S3. TLS verification is always on and asks for the name in the URL, whatever address was dialled.
 *   S4. `callback` is called exactly once; whoever abandons the connection destroys `progress.socket`.
 */
import net from 'node:net'
import tls from 'node:tls'
import type { TargetPolicy } from './address-policy.ts'
import { areAllPermitted } from './check-target.ts'
import { WebhookClientError } from './errors.ts'
import type { Target } from './parse-target.ts'
import type { ResolveHost } from './resolve-host.ts'

export type ConnectPhase = 'dns' | 'connect' | 'tls' | 'open'

/** Filled while a connection is made; read by the attempt that waits for it. Instants are monotonic milliseconds. */
export interface ConnectProgress {
  phase: ConnectPhase
  dnsAtMs: number | null
  connectAtMs: number | null
  tlsAtMs: number | null
  remoteAddress: string | null
  /** The socket in the making; null before it is dialled. */
  socket: net.Socket | null
  /** Set by whoever gave up meanwhile: a name that resolves after that is not dialled any more. */
  isAbandoned: boolean
}

export interface ConnectPorts {
  readonly policy: TargetPolicy
  readonly resolve: ResolveHost
  readonly monotonicMs: () => number
  /** Extra trusted authority (PEM), for receivers behind a private one; the public ones stay trusted. */
  readonly certificateAuthority?: string | undefined
}

export type ConnectCallback = (error: Error | null, socket: net.Socket | null) => void

/** How long one address may stay silent before the next is tried as well: RFC 8305 §5 recommends 250 ms. */
const nextAddressAfterMs = 250

export function newProgress(): ConnectProgress {
  return {
    phase: 'dns',
    dnsAtMs: null,
    connectAtMs: null,
    tlsAtMs: null,
    remoteAddress: null,
    socket: null,
    isAbandoned: false,
  }
}

/** A look-up that knows only what was vetted (S1). Node asks it once per socket, with `all: true`. */
function pinnedLookup(addresses: readonly string[]): net.LookupFunction {
  const entries = addresses.map((address) => ({ address, family: net.isIP(address) }))
  return (_hostname, _options, done) => done(null, entries)
}

function socketOptions(target: Target, addresses: readonly string[]): net.TcpNetConnectOpts {
  return {
    host: target.hostname,
    port: target.port,
    lookup: pinnedLookup(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: nextAddressAfterMs,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  }
}

function secureOptions(target: Target, ports: ConnectPorts): tls.ConnectionOptions {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    // RFC 6066 §3: no server name for literals; Node then verifies the certificate against the address.
    ...(target.isLiteral ? {} : { servername: target.hostname }),
    ...(ports.certificateAuthority === undefined
      ? {}
      : { ca: [...tls.rootCertificates, ports.certificateAuthority] }),
  }
}

/** Node shows IPv4 peers of a dual-stack socket in mapped form. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
}

function dial(
  target: Target,
  addresses: readonly string[],
  ports: ConnectPorts,
  progress: ConnectProgress,
  callback: ConnectCallback,
): void {
  const options = socketOptions(target, addresses)
  progress.phase = 'connect'
  const socket = target.isHttps
    ? tls.connect({ ...options, ...secureOptions(target, ports) })
    : net.connect(options)
  progress.socket = socket
  let isSettled = false
  const settle = (error: Error | null): void => {
    if (isSettled) return
    isSettled = true
    if (error !== null) socket.destroy()
    callback(error, error === null ? socket : null)
  }
  socket.once('connect', () => {
    progress.connectAtMs = ports.monotonicMs()
    const remote = plainAddress(socket.remoteAddress)
    progress.remoteAddress = remote
    const isVetted = addresses.includes(remote) && areAllPermitted(ports.policy, target, [remote])
    if (!isVetted)
      return settle(new WebhookClientError('WEBHOOK_ADDRESS_FORBIDDEN', 'the peer is not the vetted address'))
    progress.phase = target.isHttps ? 'tls' : 'open'
    if (!target.isHttps) settle(null)
  })
  if (target.isHttps) {
    socket.once('secureConnect', () => {
      progress.tlsAtMs = ports.monotonicMs()
      progress.phase = 'open'
      settle(null)
    })
  }
  socket.on('error', settle)
  socket.once('close', () =>
    settle(new WebhookClientError('WEBHOOK_ABANDONED', 'the connection was closed while it was made')),
  )
}

async function vettedAddresses(target: Target, ports: ConnectPorts): Promise<readonly string[]> {
  const addresses = target.isLiteral ? [target.hostname] : await ports.resolve(target.hostname)
  if (!areAllPermitted(ports.policy, target, addresses)) {
    throw new WebhookClientError(
      'WEBHOOK_ADDRESS_FORBIDDEN',
      'the host resolves to an address that is not permitted',
    )
  }
  return addresses
}

/** Resolves, judges, dials, judges again; hands over an open socket or the error (S1–S4). */
export async function guardedConnect(
  target: Target,
  ports: ConnectPorts,
  progress: ConnectProgress,
  callback: ConnectCallback,
): Promise<void> {
  let addresses: readonly string[]
  try {
    addresses = await vettedAddresses(target, ports)
  } catch (error) {
    callback(error instanceof Error ? error : new Error(String(error)), null)
    return
  }
  if (!target.isLiteral) progress.dnsAtMs = ports.monotonicMs()
  if (progress.isAbandoned) {
    callback(
      new WebhookClientError('WEBHOOK_ABANDONED', 'the attempt was over before the name was resolved'),
      null,
    )
    return
  }
  dial(target, addresses, ports, progress, callback)
}
