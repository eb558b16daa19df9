/**
 * What an organization owns, table by table: what its export holds, and what it leaves out and why. A test asks
 * `information_schema` for every table and column, so that none is forgotten.
 */

export type ExportedTable =
  | {
      /** In this order, so that lines come in an order that can be told. */
      readonly orderBy: string
      /** Columns that are not the organization's to have: secrets and their hashes, and headers that may hold some. */
      readonly leftOut?: readonly string[]
    }
  | { readonly notExported: string }

/** By table; `organizations` itself is known by its `id`. The order is that of the export: what is referred to comes first. */
export const organizationTables: Readonly<Record<string, ExportedTable>> = {
  organizations: { orderBy: 'id' },
  api_keys: { orderBy: 'id', leftOut: ['secret_hash'] },
  locations: { orderBy: 'id' },
  assets: { orderBy: 'id' },
  tags: { orderBy: 'id' },
  scan_devices: { orderBy: 'id' },
  scan_points: { orderBy: 'id' },
  // Headers that a customer sets are often credentials of the receiver.
  endpoints: { orderBy: 'id', leftOut: ['headers'] },
  endpoint_versions: { orderBy: 'endpoint_id, version' },
  subscriptions: { orderBy: 'endpoint_id, position' },
  event_cursors: { orderBy: 'name' },
  portal_links: { orderBy: 'id', leftOut: ['token_hash', 'session_hash'] },
  jobs: { orderBy: 'id' },
  unknown_tags: { orderBy: 'match_key' },
  asset_locations: { orderBy: 'asset_id' },
  device_sightings: { orderBy: 'scan_device_id' },
  events: { orderBy: 'received_at, event_id' },
  asset_scans: { orderBy: 'observed_at, event_id' },
  deliveries: { orderBy: 'event_occurred_at, delivery_id' },
  // They hold signatures and the customer's own headers.
  attempts: { orderBy: 'started_at, delivery_id', leftOut: ['request_headers'] },
  audit_log: { orderBy: 'at, position' },
  endpoint_notices: { orderBy: 'id' },
  endpoint_signals: { orderBy: 'endpoint_id' },
  reconciliations: { orderBy: 'hour' },
  usage_days: { orderBy: 'day, endpoint_id' },
  usage_hours: { orderBy: 'hour, endpoint_id, event_type' },
  usage_event_days: { orderBy: 'day' },
  endpoint_secrets: { notExported: 'secrets; rotate them where the organization goes' },
  token_chains: { notExported: 'hashes of tokens, which end within days' },
  idempotency_keys: { notExported: 'answers that were given already, gone after a day' },
  external_key_counters: { notExported: 'the next free number of generated keys, which are in the rows' },
  listeners: { notExported: 'who listens at this moment; the webhooks are in endpoints' },
  listener_requests: {
    notExported: 'deliveries for the seconds in which they wait for an answer; attempts hold them',
  },
  outbox: { notExported: 'copies of rows on their way to Kafka' },
}
