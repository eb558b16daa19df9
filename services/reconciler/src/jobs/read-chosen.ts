/**
 * Pages of the deliveries that somebody chose, by a filter or one by one, by creation: whatever became of them, each is sent again.
 *
 * Invariants
 *   H1. What was made after the job is none of it, so that it ends; and what it sends again does not come to it anew.
 *   H2. Never across organizations.
 *   H3. A page is read from its position and nothing else: read again it is the same page, but for what the filter does not mean
 *       any more.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { JobPages } from '@scanhook/postgres/job-pages'
import type { ClaimedJob, SkipReason } from '@scanhook/postgres/jobs'
import { type JobReader, stuckOn } from './job-page.ts'
import { sorted } from './read-log.ts'
import { type AgainPorts, sendAgain, tooOften } from './send-again.ts'

export interface ChosenPorts extends AgainPorts {
  readonly findEndpoint: (orgId: number, id: number) => Promise<Endpoint | null>
  readonly pages: Pick<JobPages, 'findRows' | 'countChosen' | 'listChosen'>
}

export function chosenReader(ports: ChosenPorts, job: ClaimedJob): JobReader {
  const { orgId, endpointId, sinceMs, untilMs } = job
  const span = { orgId, filter: job.filter ?? {}, sinceMs, untilMs }
  return {
    plan: async () => {
      const { count, isEstimated } = await ports.pages.countChosen(span)
      return { position: { pass: 'deliveries', after: null }, total: count, isTotalEstimated: isEstimated }
    },
    read: async (position, limit) => {
      if (position.pass !== 'deliveries')
        throw new Error(`a position of ${position.pass}, in a job over a filter`)
      if (endpointId !== null) {
        const stuck = stuckOn(await ports.findEndpoint(orgId, endpointId))
        if (stuck !== null) return stuck
      }
      const rows = await ports.pages.listChosen(span, position.after, limit)
      const inactive = await inactiveOf(
        ports,
        orgId,
        rows.map((row) => row.endpointId),
      )
      const skipOf = (row: (typeof rows)[number]): SkipReason | null =>
        inactive.has(row.endpointId) ? 'webhook_inactive' : tooOften(row)
      const made = await sendAgain(
        ports,
        orgId,
        rows.map((row) => ({ ...row, skip: skipOf(row) })),
      )
      const last = rows.at(-1)
      const after = last === undefined ? position.after : { atMs: last.createdAtMs, id: last.deliveryId }
      return {
        kind: 'page',
        ...sorted(made),
        position: { pass: 'deliveries', after },
        isLast: rows.length < limit,
      }
    },
    close: () => undefined,
  }
}

async function inactiveOf(
  { findEndpoint }: ChosenPorts,
  orgId: number,
  endpointIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const inactive = new Set<number>()
  for (const id of new Set(endpointIds)) if (stuckOn(await findEndpoint(orgId, id)) !== null) inactive.add(id)
  return inactive
}
