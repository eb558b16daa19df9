/**
 * What a recording needs of an organization, made through the HTTP API where it is missing: locations, scan devices,
 * scan points, assets with their tags. Idempotent: what has the right key stays as it is.
 */
import type { RecordedAsset, RecordedScanDevice, RecordingHeader } from '@scanhook/replay/recording'
import type { ApiClient, Row } from './api-client.ts'

export interface Provisioned {
  readonly madeCount: number
  readonly foundCount: number
}

/** `told` hears how far it is. */
export async function provision(
  api: ApiClient,
  header: RecordingHeader,
  told: (text: string) => void,
): Promise<Provisioned> {
  let madeCount = 0
  let foundCount = 0
  const missing: { readonly path: string; readonly body: unknown }[] = []

  function want(isThere: boolean, path: string, body: unknown): void {
    if (isThere) foundCount++
    else missing.push({ path, body })
  }

  const [locations, devices, points, assets] = await Promise.all(
    ['/locations', '/scan-devices', '/scan-points', '/assets'].map((path) => api.list(path)),
  )
  const locationKeys = keysOf(locations)
  for (const { externalKey, name, parentExternalKey } of header.locations) {
    const body = { external_key: externalKey, name, parent_external_key: parentExternalKey }
    want(locationKeys.has(externalKey), '/locations', body)
  }
  const deviceKeys = keysOf(devices)
  const pointKeys = new Set(
    (points ?? []).map((row) => `${row['scan_device_external_key']}/${row['antenna_port']}`),
  )
  for (const device of header.scanDevices) wantDevice(device, { deviceKeys, pointKeys, want })
  const assetKeys = keysOf(assets)
  for (const asset of header.assets) want(assetKeys.has(asset.externalKey), '/assets', assetBody(asset))

  // One after the other: parents come before children, and a demo's few dozen requests take a second.
  for (const { path, body } of missing) {
    await api.post(path, body)
    madeCount++
    told(`${foundCount + madeCount} of ${foundCount + missing.length}`)
  }
  return { madeCount, foundCount }
}

function keysOf(rows: readonly Row[] | undefined): ReadonlySet<unknown> {
  return new Set((rows ?? []).map((row) => row['external_key']))
}

interface Known {
  readonly deviceKeys: ReadonlySet<unknown>
  readonly pointKeys: ReadonlySet<string>
  readonly want: (isThere: boolean, path: string, body: unknown) => void
}

function wantDevice({ externalKey, name, type, scanPoints }: RecordedScanDevice, known: Known): void {
  known.want(known.deviceKeys.has(externalKey), '/scan-devices', { external_key: externalKey, name, type })
  for (const { antennaPort, locationExternalKey, kind } of scanPoints) {
    known.want(known.pointKeys.has(`${externalKey}/${antennaPort}`), '/scan-points', {
      scan_device_external_key: externalKey,
      antenna_port: antennaPort,
      location_external_key: locationExternalKey,
      kind,
    })
  }
}

function assetBody({ externalKey, name, tags }: RecordedAsset): unknown {
  return {
    external_key: externalKey,
    name,
    tags: tags.map(({ tagType, value }) => ({ tag_type: tagType, value })),
  }
}
