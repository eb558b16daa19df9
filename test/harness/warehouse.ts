/**
 * The world that end-to-end tests scan: a site with three places, one gateway each, and assets that walk a known way.
 * What must be derived from a walk is written down here from the rules' description, not by calling the product.
 */
import { openTestKafka } from './open-test-kafka.ts'
import type { World } from './world.ts'

interface Created {
  readonly id: number
  readonly external_key: string
}

export interface Warehouse {
  readonly site: Created
  readonly places: readonly (Created & { readonly device: string })[]
  readonly assets: readonly (Created & { readonly tag: string })[]
}

/** Creates the master data through the HTTP API, as a customer would. */
export async function furnishWarehouse(world: Pick<World, 'api'>, assetCount: number): Promise<Warehouse> {
  const { data } = world.api
  // Every read here is equally loud, and an asset is read in one place only: the next place need not be louder.
  await data('PATCH', '/api/v1/orgs/me/settings', { switch_margin_db: 0 })
  const site = await data<Created>('POST', '/api/v1/locations', { external_key: 'SITE', name: 'Site' })
  const places: (Created & { device: string })[] = []
  for (const key of ['DOCK', 'BAY', 'YARD']) {
    const place = await data<Created>('POST', '/api/v1/locations', {
      external_key: key,
      name: `The ${key}`,
      parent_id: site.id,
    })
    const device = await data<Created>('POST', '/api/v1/scan-devices', {
      external_key: `gw-${key}`,
      name: `Gateway ${key}`,
      type: 'gl_s10',
    })
    await data('POST', '/api/v1/scan-points', {
      scan_device_id: device.id,
      antenna_port: 1,
      location_id: place.id,
      kind: 'zone',
    })
    places.push({ ...place, device: device.external_key })
  }
  const assets = await Promise.all(
    Array.from({ length: assetCount }, async (_, index) => {
      const asset = await data<Created>('POST', '/api/v1/assets', {
        external_key: `FORK-${index}`,
        name: `Forklift ${index}`,
      })
      const tag = `E2801190A503${(index + 1).toString(16).toUpperCase().padStart(12, '0')}`
      await data('POST', `/api/v1/assets/${asset.id}/tags`, { tag_type: 'rfid', value: tag })
      return { ...asset, tag }
    }),
  )
  return { site, places, assets }
}

/** One expected event, told by what makes it itself. */
export type Expected = string

/**
 * An asset that is read for a while at each of the given places in turn enters the site once, enters and leaves each
 * place, moves into each, and is reported as scanned once at each place, however often it comes by: the whole walk is
 * shorter than the 60 s for which a sighting at one place suppresses the next.
 */
export function expectedOfWalk(
  warehouse: Pick<Warehouse, 'assets' | 'places'>,
  legs: readonly number[],
): readonly Expected[] {
  return warehouse.assets.flatMap(({ external_key: asset }) =>
    legs.flatMap((leg, nth) => {
      const place = warehouse.places[leg]?.external_key ?? ''
      const previous = nth === 0 ? undefined : warehouse.places[legs[nth - 1] ?? 0]?.external_key
      return [
        ...(legs.indexOf(leg) === nth ? [`${asset} asset.scanned ${place}`] : []),
        ...(previous === undefined
          ? [`${asset} location.entered SITE`]
          : [`${asset} location.exited ${previous}`]),
        `${asset} location.entered ${place}`,
        `${asset} asset.moved ${previous ?? 'nowhere'} > ${place}`,
      ]
    }),
  )
}

interface EventBody {
  readonly id: string
  readonly type: string
  readonly data: {
    readonly asset: { readonly external_key: string; readonly sequence: number }
    readonly location?: { readonly external_key: string } | null
    readonly from_location?: { readonly external_key: string } | null
    readonly to_location?: { readonly external_key: string } | null
    readonly previous_event_id: string | null
  }
}

export const parseEvent = (body: string): EventBody => JSON.parse(body) as EventBody

/** The same form as `expectedOfWalk`, from a received body of the standard profile. */
export function describeEvent(body: string): Expected {
  const { type, data } = parseEvent(body)
  const where =
    type === 'asset.moved'
      ? `${data.from_location?.external_key ?? 'nowhere'} > ${data.to_location?.external_key ?? 'nowhere'}`
      : (data.location?.external_key ?? 'nowhere')
  return `${data.asset.external_key} ${type} ${where}`
}

export interface Walk {
  /** Resolves with the ids of the acknowledged reads when the walk is over. */
  readonly finished: Promise<readonly string[]>
}

/** A read every `readEveryMs` per asset, `readsPerLeg` reads at each place: longer than the first sighting's wait of 3 s. */
const readEveryMs = 600
const readsPerLeg = 7

/**
 * Writes reads to the upstream topic at the pace of real readers, in rounds over all assets; each round waits for the
 * broker's acknowledgement, so what was written is what counts. `walkNumber` tells the read ids of several walks apart.
 */
export function startWalk(world: World, warehouse: Warehouse, legs: readonly number[], walkNumber = 1): Walk {
  const walk = async (): Promise<readonly string[]> => {
    const kafka = openTestKafka(world.env, 'walk')
    const producer = await kafka.openProducer()
    const ids: string[] = []
    for (const [nth, leg] of legs.entries()) {
      for (let round = 0; round < readsPerLeg; round += 1) {
        const roundEndsAtMs = performance.now() + readEveryMs
        const idOf = (tag: string): string => `walk-${walkNumber}-${nth}-${round}-${tag}`
        await producer.appendAll(
          warehouse.assets.map(({ tag }) => ({
            topic: `${world.prefix}reads`,
            key: tag,
            value: Buffer.from(
              JSON.stringify({
                org_id: world.orgId,
                id: idOf(tag),
                device: warehouse.places[leg]?.device,
                antenna_port: 1,
                tag: { type: 'rfid', value: tag },
                rssi_dbm: -55,
              }),
            ),
          })),
        )
        ids.push(...warehouse.assets.map(({ tag }) => idOf(tag)))
        // The pace of the readers is part of the input, as it is in a recording; nothing waits for the product here.
        await new Promise<void>((resolve) => {
          setTimeout(resolve, Math.max(0, roundEndsAtMs - performance.now()))
        })
      }
    }
    await producer.close()
    return ids
  }
  return { finished: walk() }
}
