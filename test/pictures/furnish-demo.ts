/**
 * A warehouse on an ordinary day, for pictures: endpoints that are well and one that is not, deliveries of every outcome, assets
 * that moved. Master data through the API; a fortnight of history straight into the log's tables, as the recorder would have
 * written it. The same every time but for the instants.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { World } from '../harness/world.ts'

export interface Demo {
  /** By their names in the addresses of screens. */
  readonly ids: Readonly<Record<string, string>>
}

interface Made {
  readonly id: number
  readonly external_key: string
  readonly name: string
}

interface Place extends Made {
  readonly site: string
}

const sites = [
  [
    'HAM',
    'Hamburg distribution centre',
    ['Receiving dock 1', 'Receiving dock 2', 'Cold store', 'Aisle A', 'Aisle B', 'Loading yard'],
  ],
  ['LIN', 'Linz plant', ['Goods in', 'Assembly line 3', 'Paint shop', 'Dispatch']],
] as const
const kinds = [
  ['Forklift', 'FL', 8],
  ['Pallet cage', 'PC', 16],
  ['Reusable crate', 'RC', 14],
  ['Gas bottle', 'GB', 4],
] as const

const receivers = [
  { key: 'sap', name: 'SAP goods movements', types: ['asset.moved', 'location.*'], share: 1 },
  { key: 'portal', name: 'Customer portal', types: ['shipment.*'], share: 0.985 },
  { key: 'bi', name: 'BigQuery loader', types: ['*'], share: 0.997 },
  { key: 'legacy', name: 'Legacy WMS', types: ['asset.moved'], share: 0.41 },
] as const

/** 0 … 1, the same for the same number: pictures differ by what was changed, not by chance. */
function noise(seed: number): number {
  const value = Math.sin(seed * 12.9898) * 43_758.5453
  return value - Math.floor(value)
}

export async function furnishDemo(world: World): Promise<Demo> {
  const { data } = world.api
  const places: Place[] = []
  let firstSite = 0
  for (const [key, name, inside] of sites) {
    const site = await data<Made>('POST', '/api/v1/locations', { external_key: key, name })
    firstSite ||= site.id
    for (const [index, each] of inside.entries()) {
      const place = { external_key: `${key}-${index + 1}`, name: each, parent_id: site.id }
      places.push({ ...(await data<Made>('POST', '/api/v1/locations', place)), site: name })
    }
  }
  for (const { id, external_key: key, name } of places) {
    const reader = { external_key: `gw-${key.toLowerCase()}`, name: `Gateway ${name}`, type: 'gl_s10' }
    const device = await data<Made>('POST', '/api/v1/scan-devices', reader)
    const point = { scan_device_id: device.id, antenna_port: 1, location_id: id, kind: 'zone' }
    await data('POST', '/api/v1/scan-points', point)
  }
  const assets: Made[] = []
  for (const [name, key, count] of kinds)
    for (let number = 1; number <= count; number += 1) {
      const external = `${key}-${String(number).padStart(3, '0')}`
      const tags = [
        { tag_type: 'rfid', value: `E2801190A5030065${String(4_300_000 + assets.length * 7919)}` },
      ]
      assets.push(
        await data<Made>('POST', '/api/v1/assets', {
          ...{ external_key: external, tags },
          name: `${name} ${number}`,
        }),
      )
    }
  const webhooks: Made[] = []
  for (const { key, name, types } of receivers)
    webhooks.push(
      await data<Made>('POST', '/api/v1/webhooks', {
        ...{ url: world.receiver.url(`/${key}`), name, event_types: types, enabled: true },
      }),
    )
  await data('POST', '/api/v1/api-keys', { name: 'ERP connector', scopes: ['assets:read', 'tracking:read'] })
  await data('POST', '/api/v1/api-keys', { name: 'Reader gateway Linz', scopes: ['scans:write'] })
  await data('PATCH', `/api/v1/webhooks/${webhooks[3]?.id}`, {
    description: 'Until the WMS is replaced in spring',
  })

  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  try {
    await client.query(`update organizations set name = 'Nordlager Logistics' where id = $1`, [world.orgId])
    // Addresses as customers have them, where no name is resolved; nothing is sent to them.
    for (const [index, { key }] of receivers.entries())
      await client.query(`update endpoints set url = $2 where id = $1`, [
        ...[webhooks[index]?.id, `https://hooks.example.com/${key}`],
      ])
    await insertUsage(client, world.orgId, webhooks)
    await insertHours(client, world.orgId)
    await insertEventUsage(client, world.orgId)
    const logged = await insertLog(client, world.orgId, { assets, places, webhooks })
    await insertPlaces(client, world.orgId, assets, places)
    await insertUnknownTags(client, world.orgId)
    await client.query(
      `update endpoints set failing_since = now() - interval '3 hours', failing_at = now() - interval '4 minutes' where id = $1`,
      [webhooks[3]?.id],
    )
    return {
      ids: {
        ...logged,
        assetId: String(assets[2]?.id),
        locationId: String(firstSite),
        webhookId: String(webhooks[1]?.id),
        eventType: 'asset.moved',
        kind: 'assets',
      },
    }
  } finally {
    await client.end()
  }
}

/** Days ago for which the last receiver has been failing. */
const failingDays = 2

async function insertUsage(client: pg.Client, orgId: number, webhooks: readonly Made[]): Promise<void> {
  for (const [index, { id }] of webhooks.entries())
    for (let day = 0; day < 14; day += 1) {
      const { attempts, delivered, latencies } = usageOf(index, day)
      await client.query(
        `insert into usage_days (org_id, day, endpoint_id, events, attempts, delivered, dead, expired, superseded, latencies)
         values ($1, (now() at time zone 'UTC')::date - $2::integer, $3, $4, $4, $5, $6, 0, 0, $7)
         on conflict do nothing`,
        [orgId, day, id, attempts, delivered, attempts - delivered, latencies],
      )
    }
}

/** The days spread over their hours, more of them at work: what a day to a month of statistics is read from. */
async function insertHours(client: pg.Client, orgId: number): Promise<void> {
  const spread = (count: string): string =>
    `((${count}) * case when n between 6 and 18 then 6 else 2 end / 100)::integer`
  await client.query(
    `insert into usage_hours (org_id, endpoint_id, hour, event_type, kinds, latencies)
     select org_id, endpoint_id, day::timestamp at time zone 'UTC' + n * interval '1 hour', type,
       array[${spread('delivered')}, 0, 0, 0, ${spread('attempts - delivered')}, 0, 0, 0, 0, 0, 0, 0, 0, 0],
       (select array_agg(${spread('latency')} order by place) from unnest(latencies) with ordinality as l (latency, place))
     from usage_days, generate_series(0, 23) n, unnest(array['asset.moved', 'shipment.approved']) type
     where org_id = $1 and day::timestamp at time zone 'UTC' + n * interval '1 hour' <= now()
       and (type = 'asset.moved' or n % 3 = 0)`,
    [orgId],
  )
}

async function insertEventUsage(client: pg.Client, orgId: number): Promise<void> {
  await client.query(
    `insert into usage_event_days (org_id, day, events)
     select org_id, day, sum(events) from usage_days where org_id = $1 group by org_id, day on conflict do nothing`,
    [orgId],
  )
}

interface DayUsage {
  readonly attempts: number
  readonly delivered: number
  readonly latencies: readonly number[]
}

function usageOf(receiver: number, day: number): DayUsage {
  const isFailing = receiver === 3 && day <= failingDays
  const isWeekend = new Date(Date.now() - day * 86_400_000).getUTCDay() % 6 === 0
  const ofDay = (isWeekend ? 300 : 1_400) * (1 + noise(day * 7 + receiver))
  const attempts = Math.round(day === 0 ? ofDay * 0.4 : ofDay)
  const share = receiver === 3 && !isFailing ? 0.99 : (receivers[receiver]?.share ?? 1)
  // Buckets of some 60 ms, and of 4 s.
  const middle = isFailing ? 24 : 11 + receiver
  const latencies = Array.from({ length: 30 }, (_, bucket) =>
    Math.round(attempts * 0.4 * Math.exp(-((bucket - middle) ** 2) / 3)),
  )
  return { attempts, delivered: Math.round(attempts * share), latencies }
}

interface Furniture {
  readonly assets: readonly Made[]
  readonly places: readonly Place[]
  readonly webhooks: readonly Made[]
}

interface Outcome {
  readonly state: 'delivered' | 'pending' | 'dead'
  readonly status: number | null
  readonly error: string | null
  readonly attempts: number
}

/** What came of a delivery, by the receiver that it is for. */
function outcomeOf(receiver: number, nth: number): Outcome {
  const good = { state: 'delivered', status: nth % 4 === 0 ? 202 : 200, error: null } as const
  if (receiver !== 3)
    return receiver === 1 && nth % 23 === 0
      ? { state: 'dead', status: 410, error: null, attempts: 1 }
      : { ...good, attempts: nth % 17 === 0 ? 2 : 1 }
  if (nth % 5 === 0) return { state: 'dead', status: 503, error: null, attempts: 9 }
  return nth % 3 === 0
    ? { state: 'pending', status: null, error: 'timeout', attempts: 3 }
    : { state: 'pending', status: 503, error: null, attempts: 4 }
}

interface Happened {
  readonly nth: number
  readonly eventId: string
  readonly deliveryId: string
  readonly type: string
  readonly subject: string
  readonly assetId: number | null
  readonly data: unknown
  readonly receiver: number
}

function happen(nth: number, { assets, places }: Furniture): Happened {
  const ids = { nth, eventId: randomUUID(), deliveryId: randomUUID() }
  if (nth % 6 === 5)
    return {
      ...{
        ...ids,
        type: 'shipment.status_changed',
        subject: `shipment:4711-${nth}`,
        assetId: null,
        receiver: 1,
      },
      data: {
        shipment: {
          id: `4711-${nth}`,
          reference: `BU-13${nth}`,
          status: 'in_transit',
          previous_status: 'loaded',
        },
      },
    }
  const asset = assets[Math.floor(noise(nth) * assets.length)]
  const nameOf = (index: number): unknown => {
    const place = places[index % places.length]
    return { id: place?.id, external_key: place?.external_key, name: place?.name }
  }
  return {
    ...{
      ...ids,
      type: nth % 2 === 0 ? 'asset.moved' : 'location.entered',
      subject: `asset:${asset?.external_key}`,
    },
    ...{ assetId: asset?.id ?? null, receiver: nth % 4 === 0 ? 3 : nth % 3 === 0 ? 2 : 0 },
    data: {
      asset: { id: asset?.id, external_key: asset?.external_key, name: asset?.name, sequence: 400 + nth },
      from_location: nameOf(nth),
      to_location: nameOf(nth * 3 + 1),
    },
  }
}

/** All of them are a day. */
const secondsApart = 530

async function insertLog(
  client: pg.Client,
  orgId: number,
  furniture: Furniture,
): Promise<{ readonly eventId: string; readonly deliveryId: string }> {
  let shown = { eventId: '', deliveryId: '' }
  for (let nth = 0; nth < 160; nth += 1) {
    const happened = happen(nth, furniture)
    const outcome = outcomeOf(happened.receiver, nth)
    const { eventId, deliveryId, receiver } = happened
    const endpointId = furniture.webhooks[receiver]?.id ?? 0
    await insertEvent(client, orgId, happened)
    await insertDelivery(client, { orgId, endpointId, happened, outcome })
    for (let number = 1; number <= outcome.attempts; number += 1)
      await insertAttempt(client, { orgId, endpointId, happened, outcome, number })
    // The newest that was given up: what went wrong and what to do about it stand at its head.
    if (outcome.state === 'dead' && shown.eventId === '') shown = { eventId, deliveryId }
  }
  return shown
}

async function insertEvent(client: pg.Client, orgId: number, happened: Happened): Promise<void> {
  const { nth, eventId, type, subject, assetId, data } = happened
  await client.query(
    `insert into events (event_id, org_id, type, occurred_at, received_at, subject, asset_id, sequence, data)
     select $1, $2, $3, at, at, $4, $5, $6, $7 from (select now() - $8::integer * interval '1 second' as at) times`,
    [
      ...[eventId, orgId, type, subject, assetId, assetId === null ? null : 400 + nth],
      ...[JSON.stringify(data), nth * secondsApart + 12],
    ],
  )
}

interface Sent {
  readonly orgId: number
  readonly endpointId: number
  readonly happened: Happened
  readonly outcome: Outcome
}

async function insertDelivery(
  client: pg.Client,
  { orgId, endpointId, happened, outcome }: Sent,
): Promise<void> {
  const { state, status, error, attempts } = outcome
  await client.query(
    `insert into deliveries (delivery_id, org_id, endpoint_id, event_id, event_type, event_occurred_at, trigger, state,
       attempts, dead_reason, created_at, completed_at, first_attempt_at, last_attempt_at, last_status, last_error_class,
       next_attempt_at, rank_attempt_number, rank_at)
     select $1, $2, $3, event_id, type, occurred_at, 'event', $5::text, $6::integer,
       case when $5 = 'dead' then case when $7::integer = 410 then 'endpoint_gone' else 'exhausted' end end, occurred_at,
       case when $5 <> 'pending' then occurred_at + ($6::integer * 70 + 80) * interval '1 millisecond' end, occurred_at, occurred_at, $7::integer, $8,
       case when $5 = 'pending' then now() + ($6::integer * interval '9 minutes') end, $6::integer, occurred_at
     from events where event_id = $4`,
    [happened.deliveryId, orgId, endpointId, happened.eventId, state, attempts, status, error],
  )
}

/** As a receiver of the kind answers; null: not at all. */
function answerOf({ outcome, happened, number }: Sent & { readonly number: number }): number | null {
  if (number === outcome.attempts && outcome.state === 'delivered') return outcome.status
  return happened.receiver === 3 ? outcome.status : 502
}

async function insertAttempt(client: pg.Client, sent: Sent & { readonly number: number }): Promise<void> {
  const { orgId, endpointId, happened, outcome, number } = sent
  const { nth, eventId, deliveryId, type, data, receiver } = happened
  const isLast = number === outcome.attempts
  const disposition = isLast && outcome.state !== 'pending' ? outcome.state : 'retry'
  const answered = answerOf(sent)
  const headers = {
    ...{ 'content-type': 'application/json', 'user-agent': 'Scanhook/1.0', 'webhook-id': deliveryId },
    ...{
      'webhook-timestamp': '1795856400',
      'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    },
  }
  const atMs = Date.now() - nth * secondsApart * 1000
  const body = { id: eventId, type, timestamp: new Date(atMs).toISOString(), data }
  const wasGood = disposition === 'delivered'
  await client.query(
    `insert into attempts (delivery_id, attempt_number, disposition, started_at, org_id, endpoint_id, event_id, event_type,
       trigger, url, request_headers, request_body, outcome, status, response_headers, response_body, is_body_truncated,
       error_class, error_message, remote_address, dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms)
     values ($1, $2::integer, $3, now() - $19::integer * interval '1 second' + $2::integer * interval '70 milliseconds', $4, $5, $6, $7, 'event', $8, $9, $10,
       $11, $12::integer, $13, $14, false, $15, $16, '203.0.113.24', 1.8, 14.2, 31.5, $17, $18)`,
    [
      ...[deliveryId, number, disposition, orgId, endpointId, eventId, type],
      ...[
        `https://hooks.example.com/${receivers[receiver]?.key}`,
        JSON.stringify(headers),
        JSON.stringify(body),
      ],
      ...(answered === null
        ? ['failed', null, null, null, 'timeout', 'no answer within 15 s', null, 15_000]
        : [
            ...[
              'responded',
              answered,
              JSON.stringify({ 'content-type': 'application/json', server: 'nginx' }),
            ],
            ...[wasGood ? '{"ok":true}' : '{"error":"upstream is not available"}', null, null],
            ...[66.1 + noise(nth) * 40, 71.9 + noise(nth) * 40],
          ]),
      nth * secondsApart + 12,
    ],
  )
}

async function insertPlaces(
  client: pg.Client,
  orgId: number,
  assets: readonly Made[],
  places: readonly Place[],
): Promise<void> {
  for (const [index, asset] of assets.entries()) {
    // Five a day, each longer than the one before it.
    for (let stay = 0; stay < 8; stay += 1) {
      const place = places[(index * 7 + stay * 3) % places.length]
      await client.query(
        `insert into asset_scans (org_id, asset_id, observed_at, event_id, location_id, is_late)
         select $1, $2, now() - ($3::integer * interval '95 minutes') - n * interval '11 minutes' - ($5::integer * interval '1 minute'),
           gen_random_uuid(), $4, false from generate_series(0, 5) n`,
        [orgId, asset.id, stay, place?.id, index],
      )
    }
    const place = places[(index * 7) % places.length]
    await client.query(
      `insert into asset_locations (org_id, asset_id, last_seen_at, location_id, located_at, located_sequence, left_at, left_sequence,
         nowhere_sequence, resumed_sequence)
       values ($1, $2, now() - $4::integer * interval '1 minute', $3, now() - interval '61 minutes', 5,
         case when $4::integer % 9 = 8 then now() - $4::integer * interval '1 minute' end, case when $4::integer % 9 = 8 then 6 else 4 end, 0, 0)`,
      [orgId, asset.id, place?.id, index],
    )
  }
}

async function insertUnknownTags(client: pg.Client, orgId: number): Promise<void> {
  for (let nth = 0; nth < 9; nth += 1)
    await client.query(
      `insert into unknown_tags (org_id, match_key, value, tag_type, reads, first_seen_at, last_seen_at, last_device_key,
         last_antenna_port, rssi_max_cdbm)
       values ($1, $2, $3, 'rfid', $4, now() - interval '5 days', now() - $5::integer * interval '3 minutes', $6, $7, $8)`,
      [
        ...[orgId, `k${nth}`, `E2801170000002119A7B${String(4000 + nth * 37)}`, 5_210 - nth * 540, nth],
        ...[nth % 2 === 0 ? 'gw-ham-1' : 'gw-lin-1', 1 + (nth % 4), -4_100 - nth * 250],
      ],
    )
}
