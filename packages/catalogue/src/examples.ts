/** One example of `data` for each event type: one forklift on its way, and one shipment through its life; and a webhook that fails. */
import type {
  AssetEventType,
  BusinessEventType,
  NoticeEventType,
  SignalEventType,
} from '@scanhook/domain/event'

export type JsonObject = Readonly<Record<string, unknown>>

const forklift = { id: 3_947_115_820_491, external_key: 'FORK-7', name: 'Forklift 7' }
const receiving = {
  id: 1_882_094_551_203,
  external_key: 'RECV',
  name: 'Receiving',
  parent_id: 902_114_778_650,
  parent_external_key: 'WH-1',
}
const bay3 = {
  id: 2_740_518_866_937,
  external_key: 'BAY-3',
  name: 'Bay 3',
  parent_id: 902_114_778_650,
  parent_external_key: 'WH-1',
}
const scan = {
  observed_at: '2026-07-27T16:26:24.100Z',
  received_at: '2026-07-27T16:26:26.412Z',
  rssi_dbm: -56,
  reads: 7,
  tag: { tag_type: 'rfid', value: 'E2801190A503006543E21224' },
  scan_device: { id: 77, external_key: 'cs463-214', name: 'Gate reader', type: 'csl_cs463' },
  scan_point: { id: 78, antenna_port: 1 },
}
/** The stream's clock is the largest receive time it has seen: here that of the scan itself. */
const derivedAt = '2026-07-27T16:26:26.412Z'
const transition = {
  transition_id: '47162f6e-2fd0-54dc-b0c4-6b8f3f0dcf01',
  visit_id: 'c0c5b1f5-8d1a-5a0e-a7a3-3f4b8f6e7d55',
}
const leaving = { ...transition, visit_id: '8f4a9f4b-5b0d-56f3-9d5e-64dbe3ba5c1e' }
const previous = {
  moved: '3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69',
  scanned: '0b0f6f0e-5c4d-5a59-9a0e-1f3f2d4c5b6a',
  exited: '1c1f6f0e-5c4d-5a59-9a0e-1f3f2d4c5b6b',
  entered: '2d2f6f0e-5c4d-5a59-9a0e-1f3f2d4c5b6c',
}

const shipment = {
  id: 'ship_abc123',
  reference: 'BU-1341',
  status: 'approved',
  pallets_count: 42,
}
const document = { id: 'doc_77', shipment_id: 'ship_abc123', file_name: 'packing-list.xlsx' }

const webhook = { id: 7_281_940_516_338, url: 'https://erp.example.com/hooks/scans', name: 'ERP' }
const failed = {
  delivery_id: '5b0c1e6f-63a7-5f0e-9d0b-6a3f1c2d4e5f',
  event: { id: '3d3d6f0e-5c4d-5a59-9a0e-1f3f2d4c5b69', type: 'asset.moved' },
}

export const exampleData: Readonly<
  Record<AssetEventType | BusinessEventType | NoticeEventType | SignalEventType, JsonObject>
> = {
  'asset.scanned': {
    asset: { ...forklift, sequence: 41 },
    location: bay3,
    transition_id: null,
    visit_id: null,
    previous_event_id: previous.moved,
    reason: 'seen_elsewhere',
    derived_at: derivedAt,
    late: false,
    scan: { ...scan, reads: 1 },
  },
  'location.exited': {
    asset: { ...forklift, sequence: 42 },
    location: receiving,
    dwell_seconds: 5_420,
    ...leaving,
    previous_event_id: previous.scanned,
    reason: 'seen_elsewhere',
    derived_at: derivedAt,
    scan,
  },
  'location.entered': {
    asset: { ...forklift, sequence: 43 },
    location: bay3,
    ...transition,
    previous_event_id: previous.exited,
    reason: 'seen_elsewhere',
    derived_at: derivedAt,
    scan,
  },
  'asset.moved': {
    asset: { ...forklift, sequence: 44 },
    from_location: receiving,
    to_location: bay3,
    ...transition,
    previous_event_id: previous.entered,
    reason: 'seen_elsewhere',
    derived_at: derivedAt,
    scan,
  },
  'shipment.created': { shipment: { ...shipment, status: 'pending', pallets_count: 0 } },
  'shipment.processing': { shipment: { ...shipment, status: 'processing' } },
  'shipment.ready_for_review': { shipment: { ...shipment, status: 'ready_for_review' } },
  'shipment.approved': { shipment },
  'shipment.rejected': { shipment: { ...shipment, status: 'rejected' } },
  'document.uploaded': { document: { ...document, uploaded_at: '2026-02-11T08:01:12Z' } },
  'document.processed': { document: { ...document, processed_at: '2026-02-11T08:02:40Z' } },
  'check.completed': {
    check: {
      id: 'chk_9',
      shipment_id: 'ship_abc123',
      name: 'Weight Validation',
      result: 'pass',
      details: null,
    },
  },
  'endpoint.heartbeat': {
    webhook: { id: webhook.id },
    period: { from: '2026-07-27T16:24:45.000Z', to: '2026-07-27T16:29:45.000Z' },
    previous_heartbeat_id: '9a1b6f0e-5c4d-5a59-9a0e-1f3f2d4c5b70',
    heartbeats_skipped: 0,
    next_heartbeat_at: '2026-07-27T16:35:00.000Z',
    events: 3,
    last_event: { id: previous.moved, type: 'asset.moved', occurred_at: '2026-07-27T16:26:24.100Z' },
    locations: [
      {
        id: bay3.id,
        external_key: bay3.external_key,
        events: 2,
        last_event_id: previous.moved,
        last_event_type: 'asset.moved',
        last_occurred_at: '2026-07-27T16:26:24.100Z',
      },
      {
        id: receiving.id,
        external_key: receiving.external_key,
        events: 1,
        last_event_id: previous.exited,
        last_event_type: 'location.exited',
        last_occurred_at: '2026-07-27T16:26:24.100Z',
      },
    ],
    locations_complete: true,
    silent_devices: [
      {
        id: 79,
        external_key: 'cs463-215',
        last_heard_at: '2026-07-27T15:02:11.090Z',
        silent_for_seconds: 5_254,
      },
    ],
    silent_devices_complete: true,
    pending: { count: 0, oldest_created_at: null },
  },
  'endpoint.manifest': {
    webhook: { id: webhook.id },
    day: '2026-07-27',
    as_of: '2026-07-28T02:00:00.000Z',
    events: 3,
    by_type: { 'asset.moved': 1, 'asset.scanned': 1, 'location.exited': 1 },
    first_event_id: previous.scanned,
    last_event_id: previous.moved,
    chain: 'sha256:d2831eab66e6d31338cbe56437c4768c919eeaa08a606c0a8f26a695b58cf0c7',
    chain_algorithm: 'sha256-chain-1',
    delivered: 2,
    dead: 1,
    pending: 0,
    dead_event_ids: [previous.exited],
    dead_event_ids_complete: true,
    late_event_ids: [],
    late_event_ids_complete: true,
  },
  'endpoint.failing': {
    webhook,
    since: '2026-07-27T16:26:26.500Z',
    reason: '5 attempts of one delivery failed, the last with status 503',
    ...failed,
    retries_until: '2026-07-28T16:26:26.500Z',
    disables_at: '2026-08-01T16:26:26.500Z',
  },
  'endpoint.disabled': {
    webhook,
    since: '2026-07-27T16:26:26.500Z',
    cause: 'no_success',
    reason: 'no delivery has succeeded since 2026-07-27 16:26 UTC',
    delivery_id: null,
    event: null,
  },
  'endpoint.recovered': {
    webhook,
    since: '2026-07-27T16:26:26.500Z',
    reason: 'delivered on attempt 6',
    ...failed,
  },
  'delivery.dead': {
    webhook,
    cause: 'deadline',
    reason: '9 attempts failed, the last with status 503',
    ...failed,
  },
}
