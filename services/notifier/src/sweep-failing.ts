/**
 * Looks for endpoints that had no success for their profile's time, and disables those of which the delivery log has a
 * failed attempt after it. Decides nothing itself (domain/endpoint-life does).
 *
 * Invariants
 *   S1. What was found out about one episode is never applied to another.
 *   S2. However many fail at once, they are looked at page by page, none twice in a round and none left out.
 */
import { decideSilence, type Evidence, silentFromMs } from '@scanhook/domain/endpoint-life/decide-life'
import type { LifeChange } from '@scanhook/domain/endpoint-life/endpoint-life'
import type { EndpointId, OrgId } from '@scanhook/domain/ids'
import { formatInstantToSecond } from '@scanhook/domain/instant'
import { profiles } from '@scanhook/domain/profile'
import { scaledMs } from '@scanhook/domain/retry/tiers'
import { noticeFacts } from './notice-facts.ts'
import type { ChangeLife, Decision, Living } from './take-events.ts'

export interface SweptEndpoint extends Living {
  readonly orgId: OrgId
}

interface Cursor {
  readonly failingSinceMs: number
  readonly id: EndpointId
}

export interface SweepPorts {
  /** Active and failing since `untilMs` or longer, longest first, behind the cursor. */
  readonly listFailing: (
    untilMs: number,
    cursor: Cursor | null,
    limit: number,
  ) => Promise<readonly SweptEndpoint[]>
  readonly findEvidence: (
    endpoint: SweptEndpoint,
    times: { readonly sinceMs: number; readonly fromMs: number },
  ) => Promise<Evidence>
  readonly change: ChangeLife
  readonly scale: number
}

/** Some hundred kilobytes; a round over ten thousand takes a hundred pages. */
const pageSize = 100

/** One round. Rejects when the database does; the next round begins anew. */
export async function sweepFailing(ports: SweepPorts, nowMs: number): Promise<void> {
  const shortestMs = Math.min(...Object.values(profiles).map((profile) => profile.disabledAfterMs))
  const untilMs = nowMs - scaledMs(shortestMs, ports.scale)
  let cursor: Cursor | null = null
  for (;;) {
    const page: readonly SweptEndpoint[] = await ports.listFailing(untilMs, cursor, pageSize)
    for (const endpoint of page) await sweep(ports, endpoint, nowMs)
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    cursor = { failingSinceMs: last.life.failingSinceMs ?? 0, id: last.id }
  }
}

async function sweep(ports: SweepPorts, endpoint: SweptEndpoint, nowMs: number): Promise<void> {
  const disabledAfterMs = scaledMs(profiles[endpoint.profile].disabledAfterMs, ports.scale)
  const sinceMs = endpoint.life.failingSinceMs
  const fromMs = silentFromMs(endpoint.life, disabledAfterMs)
  if (sinceMs === null || fromMs === null || nowMs < fromMs) return
  const evidence = await ports.findEvidence(endpoint, { sinceMs, fromMs })
  const times = { nowMs, disabledAfterMs }
  if (decideSilence(endpoint.life, evidence, times) === null) return // most rounds: no lock for nothing
  await ports.change(endpoint.orgId, endpoint.id, (locked) => {
    if (locked.life.failingSinceMs !== sinceMs) return null // S1
    const change = decideSilence(locked.life, evidence, times)
    return change === null ? null : decisionOf(locked, change, { nowMs, scale: ports.scale })
  })
}

function decisionOf(
  endpoint: Living,
  { life, notice }: LifeChange,
  { nowMs, scale }: { readonly nowMs: number; readonly scale: number },
): Decision {
  if (notice === null) return { life, notice }
  const sinceMs = endpoint.life.failingSinceMs
  const atMs = notice.kind === 'recovered' ? (life.recoveredAtMs ?? nowMs) : nowMs
  const reason =
    notice.kind === 'recovered'
      ? `delivered at ${formatInstantToSecond(atMs)}`
      : `no delivery has succeeded since ${formatInstantToSecond(sinceMs ?? nowMs)}`
  const happening = { atMs, sinceMs, reason, deliveryId: null, event: null }
  return { life, notice: { ...notice, facts: noticeFacts(happening, { endpoint, life, scale }) } }
}
