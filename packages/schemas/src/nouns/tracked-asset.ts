/**
 * TrackedAsset: the tracker's state of record. Six scan points of one hall share their ancestors, their settings and
 * the tag, so each of these stands once in a list and is referred to by its index: a state is some hundred bytes and
 * not some thousand.
 */
import { type LocationRef, scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import type { AssetState, ScanFacts } from '@scanhook/domain/asset-state'
import { eventId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import { defaultMovementSettings, type MovementSettings } from '@scanhook/domain/movement-settings'
import { isSameLocation, isSameSettings } from '@scanhook/domain/same-place'
import type { Place, ScanTag } from '@scanhook/domain/scan'
import { oneOfSet, type RecordMapping } from '../record-mapping.ts'
import { type RawMovementSettings, settingsFromRaw, settingsToRaw } from './movement-settings.ts'
import {
  assetFromRaw,
  assetToRaw,
  pathFromRaw,
  pathToRaw,
  type RawAssetRef,
  type RawLocationRef,
} from './refs.ts'

interface RawPlace {
  readonly path: readonly number[]
  readonly device_id: number
  readonly device_external_key: string
  readonly device_name: string
  readonly device_type: string
  readonly point_id: number
  readonly antenna_port: number
  readonly point_kind: string
  readonly settings: number
}

interface RawFacts {
  readonly place: number
  readonly tag: number
  readonly read_at_ms: number | null
  readonly received_at_ms: number
  readonly rssi_cdbm: number | null
  readonly reads: number
}

export interface RawTrackedAsset {
  readonly org_id: number
  readonly asset: RawAssetRef
  readonly locations: readonly RawLocationRef[]
  readonly settings: readonly RawMovementSettings[]
  readonly places: readonly RawPlace[]
  readonly tags: readonly { readonly tag_type: string; readonly value: string }[]
  readonly path: readonly number[]
  readonly here: number
  readonly visits: readonly { readonly first_sequence: number; readonly since_ms: number }[]
  readonly is_present: boolean
  readonly last_seen_ms: number
  readonly last_transition_ms: number | null
  readonly held_until_ms: number | null
  readonly candidate: { readonly facts: RawFacts; readonly since_ms: number } | null
  readonly slots: readonly {
    readonly place: number
    readonly level_cdbm: number | null
    readonly weight_hundredths: number
    readonly last_ms: number
    readonly reads: number
  }[]
  readonly sightings: readonly {
    readonly location_id: number | null
    readonly emitted_at_ms: number
    readonly reads: number
    readonly rssi_max_cdbm: number | null
  }[]
  readonly late: { readonly location_id: number | null; readonly at_ms: number } | null
  readonly last_fix: {
    readonly latitude_e7: number
    readonly longitude_e7: number
    readonly at_ms: number
  } | null
  readonly last_scan: RawFacts
  readonly sequence: number
  readonly previous_event_id: string | null
  readonly offset: number
}

const tagType = oneOfSet('tag_type', tagTypes)
const pointKind = oneOfSet('point_kind', scanPointKinds)

export const trackedAssetMapping: RecordMapping<AssetState, RawTrackedAsset> = {
  file: 'tracked-asset',
  toRaw: (state) => {
    const lists = writing()
    // The lists are filled while the rest is written, so they are named last and stand first on the wire.
    const rest = {
      path: lists.path(state.path),
      here: state.here === null ? -1 : lists.place(state.here),
      visits: state.visits.map((visit) => ({
        first_sequence: visit.firstSequence,
        since_ms: visit.sinceMs,
      })),
      is_present: state.isPresent,
      last_seen_ms: state.lastSeenMs,
      last_transition_ms: state.lastTransitionMs,
      held_until_ms: state.heldUntilMs,
      candidate:
        state.candidate === null
          ? null
          : { facts: lists.facts(state.candidate.facts), since_ms: state.candidate.sinceMs },
      slots: state.slots.map((slot) => ({
        place: lists.place(slot.place),
        level_cdbm: slot.levelCdbm,
        weight_hundredths: slot.weightHundredths,
        last_ms: slot.lastMs,
        reads: slot.reads,
      })),
      sightings: state.sightings.map((sighting) => ({
        location_id: sighting.locationId,
        emitted_at_ms: sighting.emittedAtMs,
        reads: sighting.reads,
        rssi_max_cdbm: sighting.rssiMaxCdbm,
      })),
      late: state.late === null ? null : { location_id: state.late.locationId, at_ms: state.late.atMs },
      last_fix:
        state.lastFix === null
          ? null
          : {
              latitude_e7: state.lastFix.latitudeE7,
              longitude_e7: state.lastFix.longitudeE7,
              at_ms: state.lastFix.atMs,
            },
      last_scan: lists.facts(state.lastScan),
      sequence: state.sequence,
      previous_event_id: state.previousEventId,
      offset: state.offset,
    }
    return { org_id: state.orgId, asset: assetToRaw(state.asset), ...lists.written(), ...rest }
  },
  fromRaw: (raw) => {
    const lists = reading(raw)
    return {
      orgId: orgId(raw.org_id),
      asset: assetFromRaw(raw.asset),
      path: lists.path(raw.path),
      here: raw.here === -1 ? null : lists.place(raw.here),
      visits: raw.visits.map((visit) => ({
        firstSequence: visit.first_sequence,
        sinceMs: visit.since_ms,
      })),
      isPresent: raw.is_present,
      lastSeenMs: raw.last_seen_ms,
      lastTransitionMs: raw.last_transition_ms,
      heldUntilMs: raw.held_until_ms,
      candidate:
        raw.candidate === null
          ? null
          : { facts: lists.facts(raw.candidate.facts), sinceMs: raw.candidate.since_ms },
      slots: raw.slots.map((slot) => ({
        place: lists.place(slot.place),
        levelCdbm: slot.level_cdbm,
        weightHundredths: slot.weight_hundredths,
        lastMs: slot.last_ms,
        reads: slot.reads,
      })),
      sightings: raw.sightings.map((sighting) => ({
        locationId: sighting.location_id === null ? null : locationId(sighting.location_id),
        emittedAtMs: sighting.emitted_at_ms,
        reads: sighting.reads,
        rssiMaxCdbm: sighting.rssi_max_cdbm,
      })),
      late:
        raw.late === null
          ? null
          : {
              locationId: raw.late.location_id === null ? null : locationId(raw.late.location_id),
              atMs: raw.late.at_ms,
            },
      lastFix:
        raw.last_fix === null
          ? null
          : {
              latitudeE7: raw.last_fix.latitude_e7,
              longitudeE7: raw.last_fix.longitude_e7,
              atMs: raw.last_fix.at_ms,
            },
      lastScan: lists.facts(raw.last_scan),
      sequence: raw.sequence,
      previousEventId: raw.previous_event_id === null ? null : eventId(raw.previous_event_id),
      offset: raw.offset,
    }
  },
}

type Lists = Pick<RawTrackedAsset, 'locations' | 'settings' | 'places' | 'tags'>

/** Collects what is mentioned. By identity first, by content else: a dozen entries, so a search costs less than a key. */
function writing(): {
  readonly path: (path: readonly LocationRef[]) => number[]
  readonly place: (place: Place) => number
  readonly facts: (facts: ScanFacts) => RawFacts
  readonly written: () => Lists
} {
  const locations: LocationRef[] = []
  const settings: MovementSettings[] = []
  const places: Place[] = []
  const rawPlaces: RawPlace[] = []
  const tags: ScanTag[] = []
  const path = (list: readonly LocationRef[]): number[] =>
    list.map((location) => indexIn(locations, location, isSameLocation))
  const settingsOf = ({ settings: own, point }: Place): number =>
    own === defaultMovementSettings[point.kind] ? -1 : indexIn(settings, own, isSameSettings)
  const place = (mentioned: Place): number => {
    const index = places.indexOf(mentioned)
    if (index !== -1) return index
    places.push(mentioned)
    const { device, point } = mentioned
    rawPlaces.push({
      path: path(mentioned.path),
      device_id: device.id,
      device_external_key: device.externalKey,
      device_name: device.name,
      device_type: device.type,
      point_id: point.id,
      antenna_port: point.antennaPort,
      point_kind: point.kind,
      settings: settingsOf(mentioned),
    })
    return places.length - 1
  }
  return {
    path,
    place,
    facts: (facts) => ({
      place: place(facts.place),
      tag: indexIn(tags, facts.tag, isSameTag),
      read_at_ms: facts.readAtMs,
      received_at_ms: facts.receivedAtMs,
      rssi_cdbm: facts.rssiCdbm,
      reads: facts.reads,
    }),
    written: () => ({
      locations: pathToRaw(locations),
      settings: settings.map(settingsToRaw),
      places: rawPlaces,
      tags: tags.map((tag) => ({ tag_type: tag.tagType, value: tag.value })),
    }),
  }
}

function indexIn<T>(list: T[], entry: T, isSame: (one: T, other: T) => boolean): number {
  const index = list.findIndex((known) => known === entry || isSame(known, entry))
  return index === -1 ? list.push(entry) - 1 : index
}

function isSameTag(one: ScanTag, other: ScanTag): boolean {
  return one.value === other.value && one.tagType === other.tagType
}

function reading(raw: RawTrackedAsset): {
  readonly path: (indexes: readonly number[]) => LocationRef[]
  readonly place: (index: number) => Place
  readonly facts: (facts: RawFacts) => ScanFacts
} {
  const locations = pathFromRaw(raw.locations)
  const settings = raw.settings.map(settingsFromRaw)
  const tags = raw.tags.map((tag): ScanTag => ({ tagType: tagType(tag.tag_type), value: tag.value }))
  const path = (indexes: readonly number[]): LocationRef[] =>
    indexes.map((index) => mentioned(locations, index))
  const places = raw.places.map((place): Place => {
    const kind = pointKind(place.point_kind)
    return {
      path: path(place.path),
      device: {
        id: scanDeviceId(place.device_id),
        externalKey: place.device_external_key,
        name: place.device_name,
        type: place.device_type,
      },
      point: { id: scanPointId(place.point_id), antennaPort: place.antenna_port, kind },
      settings: place.settings === -1 ? defaultMovementSettings[kind] : mentioned(settings, place.settings),
    }
  })
  return {
    path,
    place: (index) => mentioned(places, index),
    facts: (facts) => ({
      place: mentioned(places, facts.place),
      tag: mentioned(tags, facts.tag),
      readAtMs: facts.read_at_ms,
      receivedAtMs: facts.received_at_ms,
      rssiCdbm: facts.rssi_cdbm,
      reads: facts.reads,
    }),
  }
}

function mentioned<T>(list: readonly T[], index: number): T {
  const entry = list[index]
  if (entry === undefined) throw new Error(`index ${index} is not in its list`)
  return entry
}
