/**
 * The tables as kysely sees them: what each column gives on select and takes on insert. Column names are camelCase
 * here and snake_case in SQL (CamelCasePlugin). Instants are read as epoch ms and written as ISO text (`isoOf`).
 */

import type { ManualChains } from '@scanhook/domain/manual-chains'
import type { ColumnType, Generated } from 'kysely'

export type Instant = ColumnType<number, string, string>
export type DefaultInstant = ColumnType<number, string | undefined, string>
export type NullableInstant = ColumnType<number | null, string | null | undefined, string | null>

interface Timestamps {
  readonly createdAt: DefaultInstant
  readonly updatedAt: DefaultInstant
  readonly deletedAt: NullableInstant
}

/** Written as text, or as an expression over what is there. */
type JsonDocument = ColumnType<unknown, string | undefined, string>

export interface OrganizationTable extends Timestamps {
  readonly id: Generated<number>
  readonly name: string
  readonly settings: JsonDocument
  readonly contactEmails: ColumnType<readonly string[], readonly string[] | undefined, readonly string[]>
  readonly deliveriesPerSecond: number | null
  readonly logDays: number | null
}

export interface ApiKeyTable {
  readonly id: Generated<number>
  readonly orgId: number
  readonly name: string
  readonly secretHash: string
  readonly scopes: readonly string[]
  readonly createdAt: DefaultInstant
  readonly deletedAt: NullableInstant
}

export interface IdempotencyKeyTable {
  readonly orgId: number
  readonly key: string
  readonly fingerprint: string
  readonly createdAt: DefaultInstant
  readonly claimedAt: DefaultInstant
  readonly answer: string | null
}

export interface TokenChainTable {
  readonly id: Generated<number>
  readonly orgId: number
  readonly apiKeyId: number
  readonly chainHash: Buffer
  readonly tokenHash: Buffer
  readonly createdAt: DefaultInstant
  readonly expiresAt: Instant
}

export interface ExternalKeyCounterTable {
  readonly orgId: number
  readonly prefix: string
  readonly lastNumber: number
}

export interface LocationTable extends Timestamps {
  readonly id: Generated<number>
  readonly orgId: number
  readonly externalKey: string
  readonly name: string
  readonly description: string | null
  readonly parentId: number | null
  readonly isActive: Generated<boolean>
  readonly validFrom: DefaultInstant
  readonly validTo: NullableInstant
  readonly settings: JsonDocument
  readonly geofence: ColumnType<unknown, string | null | undefined, string | null>
}

export interface AssetTable extends Timestamps {
  readonly id: Generated<number>
  readonly orgId: number
  readonly externalKey: string
  readonly name: string
  readonly description: string | null
  readonly isActive: Generated<boolean>
  readonly validFrom: DefaultInstant
  readonly validTo: NullableInstant
  readonly metadata: ColumnType<Record<string, unknown>, string | undefined, string>
}

export interface TagTable extends Timestamps {
  readonly id: Generated<number>
  readonly orgId: number
  readonly assetId: number
  readonly tagType: string
  readonly value: string
  readonly matchKey: string
  readonly isActive: Generated<boolean>
}

export interface ScanDeviceTable extends Timestamps {
  readonly id: Generated<number>
  readonly orgId: number
  readonly externalKey: string
  readonly name: string
  readonly type: string
  readonly description: string | null
  readonly isActive: Generated<boolean>
}

export interface ScanPointTable extends Timestamps {
  readonly id: Generated<number>
  readonly orgId: number
  readonly scanDeviceId: number
  readonly antennaPort: number
  readonly kind: string
  readonly name: string | null
  readonly locationId: number | null
  readonly isActive: Generated<boolean>
  readonly settings: JsonDocument
}

export interface EndpointTable extends Timestamps {
  readonly id: Generated<number>
  readonly orgId: number
  readonly url: string
  readonly name: string | null
  readonly description: string | null
  readonly state: string
  readonly profile: string
  readonly headers: ColumnType<Record<string, string>, string, string>
  readonly ordering: Generated<string>
  readonly batchMaxEvents: number | null
  readonly batchMaxWaitMs: number | null
  readonly batchMaxBytes: number | null
  readonly rateLimitPerSecond: number | null
  readonly headerPrefix: string | null
  readonly heartbeatMinutes: number | null
  readonly dailyManifest: Generated<boolean>
  readonly sendsTraceparent: Generated<boolean>
  readonly version: Generated<number>
}

export interface SubscriptionTable {
  readonly orgId: number
  readonly endpointId: number
  readonly eventType: string
  readonly filter: string | null
  readonly expireAfterMinutes: number | null
  readonly latestOnly: Generated<boolean>
  readonly position: number
}

export interface EndpointSecretTable {
  readonly id: Generated<number>
  readonly orgId: number
  readonly endpointId: number
  readonly sealed: string
  readonly hint: string
  readonly publicKey: string | null
  readonly createdAt: DefaultInstant
  readonly expiresAt: NullableInstant
}

export interface OutboxTable {
  readonly position: Generated<number>
  readonly orgId: number
  readonly kind: string
  readonly entityId: number
  readonly isDeleted: boolean
  readonly document: string
  readonly changedAt: DefaultInstant
}

export interface EventTable {
  readonly eventId: string
  readonly orgId: number
  readonly type: string
  readonly occurredAt: Instant
  readonly receivedAt: Instant
  readonly subject: string
  readonly assetId: number | null
  readonly sequence: number | null
  readonly previousEventId: string | null
  readonly transitionId: string | null
  readonly data: ColumnType<unknown, string, string>
  readonly locationPaths: ColumnType<unknown, string | null, string | null>
  readonly recordedAt: DefaultInstant
}

export interface DeliveryTable {
  readonly deliveryId: string
  readonly orgId: number
  readonly endpointId: number
  readonly eventId: string
  readonly eventType: string
  readonly eventOccurredAt: Instant
  readonly trigger: string
  readonly state: string
  readonly attempts: number
  readonly nextAttemptAt: NullableInstant
  readonly deadReason: string | null
  readonly heldReason: string | null
  readonly createdAt: Instant
  readonly firstAttemptAt: NullableInstant
  readonly lastAttemptAt: NullableInstant
  readonly lastStatus: number | null
  readonly lastErrorClass: string | null
  readonly completedAt: NullableInstant
  readonly supersededBy: string | null
  readonly manualChains: ColumnType<ManualChains | null, string | null, string | null>
  readonly rankAttemptNumber: number
  readonly rankAt: Instant
  readonly recordedAt: DefaultInstant
}

export interface AttemptTable {
  readonly deliveryId: string
  readonly attemptNumber: number
  readonly disposition: string
  readonly startedAt: Instant
  readonly orgId: number
  readonly endpointId: number
  readonly eventId: string
  readonly eventType: string
  readonly trigger: string
  readonly url: string
  readonly requestHeaders: ColumnType<Record<string, string>, string, string>
  readonly requestBody: string
  readonly batchId: string | null
  readonly batchSize: number | null
  readonly outcome: string | null
  readonly status: number | null
  readonly responseHeaders: ColumnType<Record<string, string> | null, string | null, string | null>
  readonly responseBody: string | null
  readonly isBodyTruncated: boolean | null
  readonly retryAfterMs: number | null
  readonly errorClass: string | null
  readonly errorMessage: string | null
  readonly remoteAddress: string | null
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly totalMs: number | null
  readonly reason: string | null
  readonly nextAttemptAt: NullableInstant
  readonly recordedAt: DefaultInstant
}

export interface UnknownTagTable {
  readonly orgId: number
  readonly matchKey: string
  readonly value: string
  readonly tagType: string | null
  readonly reads: number
  readonly firstSeenAt: Instant
  readonly lastSeenAt: Instant
  readonly lastDeviceKey: string
  readonly lastAntennaPort: number
  readonly rssiMaxCdbm: number | null
}

export interface Tables {
  readonly organizations: OrganizationTable
  readonly apiKeys: ApiKeyTable
  readonly idempotencyKeys: IdempotencyKeyTable
  readonly tokenChains: TokenChainTable
  readonly externalKeyCounters: ExternalKeyCounterTable
  readonly locations: LocationTable
  readonly assets: AssetTable
  readonly tags: TagTable
  readonly scanDevices: ScanDeviceTable
  readonly scanPoints: ScanPointTable
  readonly endpoints: EndpointTable
  readonly subscriptions: SubscriptionTable
  readonly endpointSecrets: EndpointSecretTable
  readonly outbox: OutboxTable
  readonly events: EventTable
  readonly deliveries: DeliveryTable
  readonly attempts: AttemptTable
  readonly unknownTags: UnknownTagTable
}

/** An instant as PostgreSQL takes it. */
export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString()
}

export function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoOf(atMs)
}
