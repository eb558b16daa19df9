/** States as the rules make them: an asset that six gateways of two zones have heard for a few seconds, and that is somewhere. */
import type { LocationRef } from '@scanhook/domain/asset'
import type { AssetState } from '@scanhook/domain/asset-state'
import { assetId, locationId, type OrgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { advanceAsset } from '@scanhook/domain/movement/advance-asset'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { Place, Scan, Tick } from '@scanhook/domain/scan'
import { assetEventId, transitionId, visitId } from '@scanhook/identity/derived-ids'

/** A site with 64 bays, each with three gateways: places are shared by many assets, as they are on a site. */
const bays = 64
const gatewaysPerBay = 3

const site: LocationRef = {
  id: locationId(1),
  externalKey: 'SITE-1',
  name: 'Distribution centre',
  parentId: null,
  parentExternalKey: null,
}

const places: readonly (readonly Place[])[] = Array.from({ length: bays }, (_, bay) => {
  const leaf: LocationRef = {
    id: locationId(100 + bay),
    externalKey: `SITE-1-BAY-${bay + 1}`,
    name: `Bay ${bay + 1}`,
    parentId: site.id,
    parentExternalKey: site.externalKey,
  }
  return Array.from({ length: gatewaysPerBay }, (_unused, gateway): Place => {
    const id = 1_000 + bay * gatewaysPerBay + gateway
    return {
      path: [leaf, site],
      device: {
        id: scanDeviceId(id),
        externalKey: `gw-${bay + 1}-${gateway + 1}`,
        name: `Gateway ${bay + 1}.${gateway + 1}`,
        type: 'gl_s10',
      },
      point: { id: scanPointId(10_000 + id), antennaPort: 1, kind: 'zone' },
      settings: defaultMovementSettings.zone,
    }
  })
})

const identify = { assetEventId, transitionId, visitId }
/** One wait for a first confirmation: at the second round it is somewhere. */
const roundMs = 3_000
const rounds = 2

/** The state of asset `index` (from 0), last heard at `seenAtMs`. Ids from 1: the product's own are far larger. */
export function deriveState(org: OrgId, index: number, seenAtMs: number): AssetState {
  const heard = [...(places[index % bays] ?? []), ...(places[(index + 1) % bays] ?? [])]
  let state: AssetState | null = null
  for (let round = 0; round < rounds; round++) {
    const atMs = seenAtMs - (rounds - 1 - round) * roundMs
    if (state !== null) state = step(state, { kind: 'tick', atMs }, atMs)
    for (const [nth, place] of heard.entries())
      state = step(
        state,
        scanOf(org, index, { place, atMs, rssiCdbm: -6_000 - nth * 300 - (index % 7) * 10 }),
        atMs,
      )
  }
  if (state === null) throw new Error('an asset that was heard has a state')
  return state
}

function step(state: AssetState | null, record: Scan | Tick, clockMs: number): AssetState | null {
  return advanceAsset(state, { record, offset: 0, clockMs }, identify).state
}

function scanOf(
  org: OrgId,
  index: number,
  { place, atMs, rssiCdbm }: { readonly place: Place; readonly atMs: number; readonly rssiCdbm: number },
): Scan {
  const number = `${index + 1}`.padStart(7, '0')
  return {
    kind: 'scan',
    orgId: org,
    scanId: '',
    asset: { id: assetId(1 + index), externalKey: `PALLET-${number}`, name: `Pallet ${number}` },
    place,
    tag: { tagType: 'rfid', value: `E28011${index.toString(16).toUpperCase().padStart(18, '0')}` },
    fix: null,
    readAtMs: null,
    receivedAtMs: atMs,
    atMs,
    rssiCdbm,
    reads: 1,
  }
}
