/** Scans, places and states for tests: a plausible one, and whatever a test wants to be different. */
import type { LocationRef, ScanPointKind } from '@scanhook/domain/asset'
import type { AssetState, ScanFacts } from '@scanhook/domain/asset-state'
import { assetId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { defaultMovementSettings, type MovementSettings } from '@scanhook/domain/movement-settings'
import type { Place, Scan } from '@scanhook/domain/scan'

export function location(id: number, name: string, parent: LocationRef | null = null): LocationRef {
  return {
    id: locationId(id),
    externalKey: name.toUpperCase().replaceAll(' ', '-'),
    name,
    parentId: parent?.id ?? null,
    parentExternalKey: parent?.externalKey ?? null,
  }
}

export interface PlaceOptions {
  readonly path?: readonly LocationRef[]
  /** Of the scan point; the device has the same unless it is given. */
  readonly point?: number
  readonly device?: number
  readonly antennaPort?: number
  readonly kind?: ScanPointKind
  readonly settings?: Partial<MovementSettings>
}

export function place(options: PlaceOptions = {}): Place {
  const { path = [location(1, 'Dock')], point = 78, kind = 'zone', settings } = options
  const device = options.device ?? point
  return {
    path,
    device: {
      id: scanDeviceId(device),
      externalKey: `gw-${device}`,
      name: `Gateway ${device}`,
      type: 'gl_s10',
    },
    point: { id: scanPointId(point), antennaPort: options.antennaPort ?? 1, kind },
    settings:
      settings === undefined
        ? defaultMovementSettings[kind]
        : { ...defaultMovementSettings[kind], ...settings },
  }
}

/** `asset` is the id; `atMs` is the receive time, too, unless it is given. */
export function scan(over: Partial<Omit<Scan, 'kind' | 'asset'>> & { readonly asset?: number } = {}): Scan {
  const { asset = 42, atMs = 1_777_336_418_021, ...rest } = over
  return {
    kind: 'scan',
    orgId: orgId(7),
    scanId: `s-${asset}-${atMs}`,
    asset: { id: assetId(asset), externalKey: `ASSET-${asset}`, name: `Asset ${asset}` },
    place: place(),
    tag: { tagType: 'rfid', value: 'E2801190A503006543E21224' },
    fix: null,
    readAtMs: null,
    receivedAtMs: atMs,
    atMs,
    rssiCdbm: null,
    reads: 1,
    ...rest,
  }
}

/** An asset that was heard once and of which nothing else is known. */
export function state(
  over: Partial<Omit<AssetState, 'asset'>> & { readonly asset?: number } = {},
): AssetState {
  const { asset = 42, ...rest } = over
  const one = scan({ asset, atMs: rest.lastSeenMs ?? 1_777_336_418_021 })
  const lastScan: ScanFacts = {
    place: one.place,
    tag: one.tag,
    readAtMs: null,
    receivedAtMs: one.receivedAtMs,
    rssiCdbm: null,
    reads: 1,
  }
  return {
    orgId: one.orgId,
    asset: one.asset,
    path: [],
    here: null,
    visits: [],
    isPresent: false,
    lastSeenMs: one.atMs,
    lastTransitionMs: null,
    heldUntilMs: null,
    candidate: null,
    slots: [],
    sightings: [],
    late: null,
    lastFix: null,
    lastScan,
    sequence: 0,
    previousEventId: null,
    offset: -1,
    ...rest,
  }
}
