/**
 * The catalogue: every event type that can be subscribed to, in words, with the schema of its data and an example; and
 * the signals, which an endpoint gets by its own settings.
 * Owns what is promised about events; the API's documents and forms are made from it.
 */
import {
  type AssetEventType,
  assetEventTypes,
  type BusinessEventType,
  businessEventTypes,
  type NoticeEventType,
  noticeEventTypes,
  type SignalEventType,
} from '@scanhook/domain/event'
import type { z } from 'zod'
import { assetDataSchema } from './asset-events.ts'
import { businessDataSchema } from './business-events.ts'
import { exampleData, type JsonObject } from './examples.ts'
import { operationalDataSchema } from './operational-events.ts'

export interface CatalogueEntry {
  readonly type: AssetEventType | BusinessEventType | NoticeEventType | SignalEventType
  /** One sentence: fires when … */
  readonly description: string
  /** Of the `data` member of every body. */
  readonly dataSchema: z.ZodType
  readonly exampleData: JsonObject
}

const assetDescriptions: Readonly<Record<AssetEventType, string>> = {
  'asset.scanned':
    'An asset’s tag was read by a scan device; at once, then at most once a minute and location',
  'asset.moved': 'An asset went from one location to another',
  'location.entered': 'An asset entered a location; also each location above it that it was not in before',
  'location.exited': 'An asset left a location; also each location above it that it is no longer in',
}

const businessDescriptions: Readonly<Record<BusinessEventType, string>> = {
  'shipment.created': 'A new shipment was created',
  'shipment.processing': 'Document processing has started',
  'shipment.ready_for_review': 'Processing is complete, the shipment is ready for review',
  'shipment.approved': 'The shipment was approved',
  'shipment.rejected': 'The shipment was rejected',
  'document.uploaded': 'A new document was attached',
  'document.processed': 'The extraction of a document is complete',
  'check.completed': 'A quality check finished; it can be run again, so this can come again',
}

const operationalDescriptions: Readonly<Record<NoticeEventType | SignalEventType, string>> = {
  'endpoint.heartbeat':
    'Every heartbeat_minutes of a webhook: what there was for it since the last one, if anything',
  'endpoint.manifest':
    'Once a day, where daily_manifest is set: what there was for the webhook, with a hash chain to check by',
  'endpoint.failing':
    'Five attempts of one delivery to a webhook failed, and it had no success since; once until it recovers',
  'endpoint.disabled':
    'A webhook gets nothing any more: it answered 410, or failed for five days without one success',
  'endpoint.recovered': 'A webhook that was failing accepted a delivery',
  'delivery.dead': 'A delivery was given up; its event is still in the log and can be sent again',
}

/** In the order in which a form would show them. */
export const eventCatalogue: readonly CatalogueEntry[] = [
  ...assetEventTypes.map((type) => ({
    type,
    description: assetDescriptions[type],
    dataSchema: assetDataSchema(type),
    exampleData: exampleData[type],
  })),
  ...businessEventTypes.map((type) => ({
    type,
    description: businessDescriptions[type],
    dataSchema: businessDataSchema(type),
    exampleData: exampleData[type],
  })),
  ...noticeEventTypes.map(operationalEntry),
]

/** What no subscription names. */
export const signalCatalogue: readonly CatalogueEntry[] = (
  ['endpoint.heartbeat', 'endpoint.manifest'] as const
).map(operationalEntry)

function operationalEntry(type: NoticeEventType | SignalEventType): CatalogueEntry {
  return {
    type,
    description: operationalDescriptions[type],
    dataSchema: operationalDataSchema(type),
    exampleData: exampleData[type],
  }
}
