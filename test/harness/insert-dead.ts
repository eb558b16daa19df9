/** Deliveries that died, straight into the log: what a webhook leaves behind that was away for a day. */
import pg from 'pg'
import type { World } from './world.ts'

/** Event ids of what died begin so. */
export const deadIdStart = '0000000d'
/** Rows of one statement. */
const chunk = 10_000

/** Events of the last twelve hours and their deliveries, dead for an hour. */
export async function insertDead(
  world: Pick<World, 'env' | 'orgId'>,
  endpointId: number,
  count: number,
): Promise<void> {
  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  try {
    for (let from = 0; from < count; from += chunk) {
      await client.query(
        `with made as (
           select ('${deadIdStart}-0000-5000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as event_id,
             ('0000000e-0000-5000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as delivery_id,
             now() - interval '12 hours' + n * interval '100 milliseconds' as at
           from generate_series($3::integer, $4::integer) n),
         recorded as (
           insert into events (event_id, org_id, type, occurred_at, received_at, subject, data)
           select event_id, $1, 'shipment.approved', at, at, 'shipment:5', '{"shipment":{"reference":"BU-1341"}}' from made)
         insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
           attempts, dead_reason, created_at, completed_at, rank_attempt_number, rank_at)
         select delivery_id, $1, $2, event_id, 'shipment.approved', at, 'event', 'dead', 9, 'exhausted', at,
           now() - interval '1 hour', 9, at from made`,
        [world.orgId, endpointId, from, Math.min(count, from + chunk) - 1],
      )
    }
    await client.query('vacuum analyze events, deliveries')
  } finally {
    await client.end()
  }
}
