/**
 * An organization in which everything that a stranger can write is written to do harm: markup, scripts, directions that turn
 * what follows, no place to break a line, a megabyte, a thousand levels. Master data through the API, as a customer would; the
 * log straight into its tables, as the recorder would.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { World } from './world.ts'

export const markup: string =
  '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>'
/** Markup; an override that would turn the page's direction, never closed; Arabic; an emoji of several code points. */
export const hostileName: string = `${markup} \u202Eerotkelas \u0645\u0631\u062d\u0628\u0627 \u{1f469}\u200d\u{1f52c}`
/** The most that a name may have, and no place at which a line may end. */
export const unbrokenName: string = 'W'.repeat(255)

/** The console's ids by their names in the addresses of screens. */
export type Furnished = Readonly<Record<string, string>>

interface Made {
  readonly id: number
}

/** What stands in the log for each of them: state, status, what was read of the answer. */
const outcomes = [
  ['delivered', 200, markup],
  ['dead', 500, 'x'.repeat(1_000_000)],
  ['pending', null, null],
] as const

export async function furnishHostile(world: World): Promise<Furnished> {
  const { data } = world.api
  const outer = await data<Made>('POST', '/api/v1/locations', {
    ...{ name: hostileName, external_key: 'OUTER', description: unbrokenName },
  })
  const inner = await data<Made>('POST', '/api/v1/locations', { name: unbrokenName, parent_id: outer.id })
  const asset = await data<Made>('POST', '/api/v1/assets', {
    ...{ name: hostileName, external_key: 'K'.repeat(255), description: `${unbrokenName} ${hostileName}` },
    metadata: { [hostileName]: markup, '\u{1f511}': { deep: unbrokenName } },
    tags: [
      { tag_type: 'rfid', value: 'E28011AAAA0001' },
      { tag_type: 'rfid', value: 'A'.repeat(255) },
    ],
  })
  await data('POST', '/api/v1/assets', { name: unbrokenName })
  const hosts = { url: world.receiver.url(`/${'path'.repeat(100)}`), enabled: true }
  const reader = await data<Made>('POST', '/api/v1/scan-devices', {
    ...{ name: hostileName, external_key: unbrokenName, type: 'gl_s10' },
  })
  const webhook = await data<Made>('POST', '/api/v1/webhooks', {
    ...{ ...hosts, name: hostileName.slice(0, 255), description: unbrokenName },
  })
  await data('POST', '/api/v1/webhooks', { ...hosts, name: unbrokenName })
  // For the audit log, in which every field is shown before and after.
  await data('PATCH', `/api/v1/assets/${asset.id}`, { description: hostileName, metadata: deep(100) })
  await data('POST', '/api/v1/api-keys', { name: hostileName.slice(0, 200), scopes: ['assets:read'] })

  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  try {
    const logged = []
    for (const outcome of outcomes)
      logged.push(await insertDelivery(client, world.orgId, webhook.id, outcome))
    // As the recorder counts them.
    await client.query(
      `insert into usage_hours (org_id, endpoint_id, hour, event_type, kinds, latencies)
       select org_id, endpoint_id, date_trunc('hour', started_at, 'UTC'), event_type,
         array[count(*) filter (where disposition = 'delivered'), 0, 0, 0, count(*) filter (where disposition <> 'delivered'),
           0, 0, 0, 0, 0, 0, 0, 0, 0]::integer[], array_fill(0, array[29]) || count(*)::integer
       from attempts where org_id = $1 group by 1, 2, 3, 4`,
      [world.orgId],
    )
    await insertSightings(client, world.orgId, { assetId: asset.id, locationId: inner.id })
    await insertUnknownTags(client, world.orgId)
    const [, dead] = logged
    return {
      assetId: String(asset.id),
      locationId: String(outer.id),
      webhookId: String(webhook.id),
      eventId: dead?.eventId ?? '',
      deliveryId: dead?.deliveryId ?? '',
      eventType: 'asset.moved',
      readerId: String(reader.id),
      kind: 'assets',
      runbook: 'redis-away',
    }
  } finally {
    await client.end()
  }
}

function deep(levels: number): unknown {
  let value: unknown = hostileName
  for (let level = 0; level < levels; level += 1) value = { [`\u{1f600}${level % 10}`]: value }
  return value
}

/** JSON as text, because the stack of whoever writes a thousand levels would have to hold them. */
function deepText(levels: number): string {
  return `${'{"\u{1f600}":['.repeat(levels)}"\\u0000"${']}'.repeat(levels)}`
}

async function insertDelivery(
  client: pg.Client,
  orgId: number,
  endpointId: number,
  [state, status, answer]: (typeof outcomes)[number],
): Promise<{ readonly eventId: string; readonly deliveryId: string }> {
  const [eventId, deliveryId] = [randomUUID(), randomUUID()]
  const dataText = JSON.stringify({
    [hostileName]: unbrokenName,
    megabyte: `${markup}${'y'.repeat(1_000_000)}`,
  })
  const event = `${dataText.slice(0, -1)},"deep":${deepText(500)}}`
  await client.query(
    `insert into events (event_id, org_id, type, occurred_at, received_at, subject, data)
     values ($1, $2, 'shipment.created', now(), now(), $3, $4)`,
    [eventId, orgId, `shipment:${hostileName}`, event],
  )
  await client.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, dead_reason, created_at, completed_at, last_attempt_at, last_status, next_attempt_at, rank_attempt_number, rank_at)
     select $1, $2, $3, event_id, type, occurred_at, 'event', $5::text, 2, case when $5 = 'dead' then 'exhausted' end, occurred_at,
       case when $5 <> 'pending' then occurred_at end, occurred_at, $6::integer,
       case when $5 = 'pending' then now() + interval '1 hour' end, 2, occurred_at from events where event_id = $4`,
    [deliveryId, orgId, endpointId, eventId, state, status],
  )
  const headers = JSON.stringify({ 'x-odd': hostileName, 'x-long': unbrokenName.repeat(20) })
  for (const number of [1, 2])
    await client.query(
      `insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
         trigger, url, request_headers, request_body, outcome, status, response_headers, response_body, is_body_truncated,
         error_class, error_message, remote_address, dns_ms, connect_ms, first_byte_ms, total_ms)
       values ($1, $2::integer, $3, now() - interval '1 minute' + $2::integer * interval '1 second', $4, $5, $6, 'shipment.created', 'event', $7, $8, $9,
         $10, $11::integer, $12, $13, true, $14, $15, '203.0.113.7', 1, 2, 30, 40)`,
      [
        ...[
          deliveryId,
          number,
          number === 1 || state === 'pending' ? 'retry' : state,
          orgId,
          endpointId,
          eventId,
        ],
        ...[`https://example.com/${'path'.repeat(100)}`, headers, event],
        ...(status === null
          ? ['failed', null, null, null, 'timeout', hostileName]
          : ['responded', status, headers, answer, null, null]),
      ],
    )
  return { eventId, deliveryId }
}

async function insertSightings(
  client: pg.Client,
  orgId: number,
  { assetId, locationId }: { readonly assetId: number; readonly locationId: number },
): Promise<void> {
  await client.query(
    `insert into asset_scans (org_id, asset_id, observed_at, event_id, location_id, is_late)
     select $1, $2, now() - n * interval '7 minutes', gen_random_uuid(), $3, n = 3 from generate_series(1, 20) n`,
    [orgId, assetId, locationId],
  )
  await client.query(
    `insert into asset_locations (org_id, asset_id, last_seen_at, location_id, located_at, located_sequence, left_sequence,
       nowhere_sequence, resumed_sequence)
     values ($1, $2, now() - interval '7 minutes', $3, now() - interval '2 hours', 1, 0, 0, 0)`,
    [orgId, assetId, locationId],
  )
}

async function insertUnknownTags(client: pg.Client, orgId: number): Promise<void> {
  for (const [key, value] of [
    ['a', hostileName],
    ['b', unbrokenName],
  ])
    await client.query(
      `insert into unknown_tags (org_id, match_key, value, tag_type, reads, first_seen_at, last_seen_at, last_device_key,
         last_antenna_port, rssi_max_cdbm)
       values ($1, $2, $3, 'rfid', 123456, now() - interval '1 hour', now(), $4, 1, -4500)`,
      [orgId, key, value, unbrokenName],
    )
}
