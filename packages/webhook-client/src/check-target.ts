/**
 * The check at save time: friendly to the customer, silent about our network. It is a courtesy; the guard that
 * counts is guarded-connect, which asks again at every connection, because names change after they were checked.
 *
 * Invariant
 *   C1. A name that does not resolve, one that resolves to a forbidden address and one that is refused give the same
 *       message, so the answer tells nobody what exists behind our resolver.
 *   C2. Nothing is dialled: whether a port is open, shut or silent has no influence on the answer.
 */
import { judgeAddress, type TargetPolicy } from './address-policy.ts'
import { parseTarget, type Target } from './parse-target.ts'
import type { ResolveHost } from './resolve-host.ts'
import { hostResolver } from './resolve-host.ts'

export type CheckedTarget =
  /** `url` is the canonical spelling, the one to store. */
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly message: string }

const unreachableMessage = 'must be a URL that can be reached from the public internet'

/** True when every address may be dialled for this target. */
export function areAllPermitted(policy: TargetPolicy, target: Target, addresses: readonly string[]): boolean {
  return (
    addresses.length > 0 &&
    addresses.every((address) => {
      const verdict = judgeAddress(policy, address, target.port)
      return target.objection === null ? verdict !== 'forbidden' : verdict === 'allow_listed'
    })
  )
}

async function addressesOf(target: Target, resolve: ResolveHost): Promise<readonly string[]> {
  if (target.isLiteral) return [target.hostname]
  try {
    return await resolve(target.hostname)
  } catch {
    // C1: why a name has no address is nobody's business here.
    return []
  }
}

/** Whether an endpoint may be saved with this URL. `message` follows the field's name: "url must use https". */
export async function checkTarget(
  raw: string,
  policy: TargetPolicy,
  resolve: ResolveHost = hostResolver(policy.nameServers),
): Promise<CheckedTarget> {
  const parsed = parseTarget(raw)
  if (!parsed.ok) return parsed
  const { target } = parsed
  if (target.objection !== null && policy.allowedTargets.length === 0)
    return { ok: false, message: target.objection }
  const addresses = await addressesOf(target, resolve)
  if (!areAllPermitted(policy, target, addresses))
    return { ok: false, message: target.objection ?? unreachableMessage }
  return { ok: true, url: target.url }
}
