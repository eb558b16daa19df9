/**
 * The identifiers of the house. Brands keep an endpoint's id out of a parameter that wants an asset's.
 * They are made here and in codecs only; everywhere else an id is passed on as it came.
 *
 * Numeric ids are int64 ≤ 2^53−1, opaque, unique over all kinds (TrakRF's convention, docs/reference/api.md).
 */
declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type OrgId = Brand<number, 'OrgId'>
export type AssetId = Brand<number, 'AssetId'>
export type LocationId = Brand<number, 'LocationId'>
export type ScanDeviceId = Brand<number, 'ScanDeviceId'>
export type ScanPointId = Brand<number, 'ScanPointId'>
export type EndpointId = Brand<number, 'EndpointId'>
/** UUIDv5 over (org, asset, type, location, sequence), or over (org, type, client id) for business events. */
export type EventId = Brand<string, 'EventId'>
/** UUIDv5 over (event, endpoint); a manual replay adds its own nonce. */
export type DeliveryId = Brand<string, 'DeliveryId'>

export const orgId = (value: number): OrgId => value as OrgId
export const assetId = (value: number): AssetId => value as AssetId
export const locationId = (value: number): LocationId => value as LocationId
export const scanDeviceId = (value: number): ScanDeviceId => value as ScanDeviceId
export const scanPointId = (value: number): ScanPointId => value as ScanPointId
export const endpointId = (value: number): EndpointId => value as EndpointId
export const eventId = (value: string): EventId => value as EventId
export const deliveryId = (value: string): DeliveryId => value as DeliveryId
