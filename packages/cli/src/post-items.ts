/** Reads and business events to the front door, which may be another process than the API, behind the same address. */
import type { ScanhookClient } from '@scanhook/client/open-client'
import { reached, refusalOf, retryAfterMsOf } from './answer-of.ts'
import { CliError, exitCodes } from './exit-codes.ts'
import type { Batch, BatchAnswer } from './send-batches.ts'

export type Door = '/api/v1/scans' | '/api/v1/events'

/** Throws CliError without a connection, and where the API is but not the door. */
export async function postItems(
  api: ScanhookClient,
  door: Door,
  { items, idempotencyKey: key }: Batch,
): Promise<BatchAnswer> {
  // The API says what is wrong with an item, by its index.
  const body = items as never
  const params = key === undefined ? {} : { header: { 'Idempotency-Key': key } }
  const { data, error, response } = await reached(
    door === '/api/v1/scans'
      ? api.POST(door, { params, body })
      : api.POST('/api/v1/events', { params, body }),
  )
  if (response.status === 404 || response.status === 405)
    throw new CliError(
      exitCodes.notFound,
      `nothing takes ${door} at this address: the producer has another one; sign in at an address that leads to both, as an Ingress does`,
    )
  return {
    status: response.status,
    retryAfterMs: retryAfterMsOf(response),
    submission: data?.data ?? null,
    detail: response.ok ? '' : refusalOf(response.status, error).message,
  }
}
