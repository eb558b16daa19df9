/**
 * A state of one asset in some hundred bytes, and back. Places and paths are numbers of the partition's book, times are
 * differences to the last sighting, ids that follow from others are not kept.
 *
 * Invariant
 *   K2. What is unpacked equals what was packed, for every state that the rules can make.
 */
import { tagTypes } from '@scanhook/domain/asset'
import type { AssetState, Candidate, ScanFacts, Sighting, Slot, Visit } from '@scanhook/domain/asset-state'
import { assetId, eventId, type LocationId, locationId, orgId } from '@scanhook/domain/ids'
import type { ScanTag } from '@scanhook/domain/scan'
import { type PackReader, type PackWriter, packReader, packWriter } from './packed-bytes.ts'
import type { PlaceBook } from './place-book.ts'

const isPresent = 1
const hasTransition = 2
const isHeld = 4
const hasCandidate = 8
const hasLate = 16
const hasFix = 32
const hasPrevious = 64
const isHere = 128

/** Whose state it is; kept beside the packed bytes, not in them. */
export interface PackedIds {
  readonly orgId: number
  readonly assetId: number
}

/** Returns the number of bytes written to `buffer`. The first number is that of the state's path. */
export function packState(state: AssetState, book: PlaceBook, buffer: Buffer): number {
  const to = packWriter(buffer)
  const { lastSeenMs, lastTransitionMs, heldUntilMs, candidate, late, lastFix, here } = state
  to.number(book.pathNumberOf(state.path))
  to.byte(flagsOf(state))
  to.number(state.offset)
  to.text(state.asset.externalKey)
  to.text(state.asset.name)
  to.number(lastSeenMs)
  to.number(state.sequence)
  if (state.previousEventId !== null) to.uuid(state.previousEventId)
  if (here !== null) to.number(book.numberOf(here))
  if (lastTransitionMs !== null) to.signed(lastTransitionMs - lastSeenMs)
  if (heldUntilMs !== null) to.signed(heldUntilMs - lastSeenMs)
  const facts = factsPacker(to, book, lastSeenMs)
  facts(state.lastScan, null)
  if (candidate !== null) {
    to.signed(candidate.sinceMs - lastSeenMs)
    facts(candidate.facts, state.lastScan.tag)
  }
  packVisits(to, state.visits, lastSeenMs)
  packSlots(to, state.slots, book, lastSeenMs)
  packSightings(to, state.sightings, book, lastSeenMs)
  if (late !== null) {
    packLocation(to, late.locationId, book)
    to.signed(late.atMs - lastSeenMs)
  }
  if (lastFix !== null) {
    to.signed(lastFix.latitudeE7)
    to.signed(lastFix.longitudeE7)
    to.signed(lastFix.atMs - lastSeenMs)
  }
  return to.length()
}

function flagsOf(state: AssetState): number {
  return (
    (state.isPresent ? isPresent : 0) |
    (state.lastTransitionMs === null ? 0 : hasTransition) |
    (state.heldUntilMs === null ? 0 : isHeld) |
    (state.candidate === null ? 0 : hasCandidate) |
    (state.late === null ? 0 : hasLate) |
    (state.lastFix === null ? 0 : hasFix) |
    (state.previousEventId === null ? 0 : hasPrevious) |
    (state.here === null ? 0 : isHere)
  )
}

export function unpackState(book: PlaceBook, ids: PackedIds, bytes: Buffer, start: number): AssetState {
  const from = packReader(bytes, start)
  const path = book.pathAt(from.number())
  const flags = from.byte()
  const has = (flag: number): boolean => (flags & flag) !== 0
  const offset = from.number()
  const asset = { id: assetId(ids.assetId), externalKey: from.text(), name: from.text() }
  const lastSeenMs = from.number()
  const sequence = from.number()
  const previousEventId = has(hasPrevious) ? eventId(from.uuid()) : null
  const here = has(isHere) ? book.placeAt(from.number()) : null
  const lastTransitionMs = has(hasTransition) ? lastSeenMs + from.signed() : null
  const heldUntilMs = has(isHeld) ? lastSeenMs + from.signed() : null
  const lastScan = unpackFacts(from, book, lastSeenMs, null)
  return {
    orgId: orgId(ids.orgId),
    asset,
    path,
    here,
    isPresent: has(isPresent),
    lastSeenMs,
    lastTransitionMs,
    heldUntilMs,
    lastScan,
    candidate: has(hasCandidate) ? unpackCandidate(from, book, lastSeenMs, lastScan.tag) : null,
    visits: unpackVisits(from, lastSeenMs),
    slots: unpackSlots(from, book, lastSeenMs),
    sightings: unpackSightings(from, book, lastSeenMs),
    late: has(hasLate) ? { locationId: unpackLocation(from, book), atMs: lastSeenMs + from.signed() } : null,
    lastFix: has(hasFix)
      ? { latitudeE7: from.signed(), longitudeE7: from.signed(), atMs: lastSeenMs + from.signed() }
      : null,
    sequence,
    previousEventId,
    offset,
  }
}

/** The number of a packed state's path in the book, without unpacking the rest. */
export function packedPathNumber(bytes: Buffer, start: number): number {
  return packReader(bytes, start).number()
}

/** Whether a packed state has a candidate: a place that it may be bound for. */
export function isPackedWithCandidate(bytes: Buffer, start: number): boolean {
  const from = packReader(bytes, start)
  from.number()
  return (from.byte() & hasCandidate) !== 0
}

function packLocation(to: PackWriter, id: LocationId | null, book: PlaceBook): void {
  to.number(id === null ? 0 : book.locationNumberOf(id))
}

function unpackLocation(from: PackReader, book: PlaceBook): LocationId | null {
  const number = from.number()
  return number === 0 ? null : locationId(book.locationIdAt(number))
}

/** 0 is "none" and everything else one more or, where it is negative, what it is: a signal of 0 is known, too. */
function packSignal(to: PackWriter, cdbm: number | null): void {
  to.signed(cdbm === null ? 0 : cdbm >= 0 ? cdbm + 1 : cdbm)
}

function unpackSignal(from: PackReader): number | null {
  const value = from.signed()
  if (value === 0) return null
  return value > 0 ? value - 1 : value
}

type PackFacts = (facts: ScanFacts, known: ScanTag | null) => void

/** Bits: has a reader's time, has a tag of its own; above them the tag's type. */
function factsPacker(to: PackWriter, book: PlaceBook, lastSeenMs: number): PackFacts {
  return (facts, known) => {
    const { readAtMs, tag } = facts
    const isKnown = known !== null && known.value === tag.value && known.tagType === tag.tagType
    to.byte((readAtMs === null ? 0 : 1) | (isKnown ? 0 : 2) | (tagTypes.indexOf(tag.tagType) << 2))
    to.number(book.numberOf(facts.place))
    to.signed(facts.receivedAtMs - lastSeenMs)
    packSignal(to, facts.rssiCdbm)
    to.number(facts.reads)
    if (readAtMs !== null) to.signed(readAtMs - lastSeenMs)
    if (!isKnown) to.tagValue(tag.value)
  }
}

function unpackFacts(
  from: PackReader,
  book: PlaceBook,
  lastSeenMs: number,
  known: ScanTag | null,
): ScanFacts {
  const flags = from.byte()
  const place = book.placeAt(from.number())
  const receivedAtMs = lastSeenMs + from.signed()
  const rssiCdbm = unpackSignal(from)
  const reads = from.number()
  const readAtMs = (flags & 1) === 0 ? null : lastSeenMs + from.signed()
  const isKnown = (flags & 2) === 0 && known !== null
  const tag = isKnown ? known : { tagType: tagTypes[flags >>> 2] ?? 'rfid', value: from.tagValue() }
  return { place, tag, readAtMs, receivedAtMs, rssiCdbm, reads }
}

function unpackCandidate(from: PackReader, book: PlaceBook, lastSeenMs: number, tag: ScanTag): Candidate {
  const sinceMs = lastSeenMs + from.signed()
  return { sinceMs, facts: unpackFacts(from, book, lastSeenMs, tag) }
}

/** The levels of a path are mostly entered together: a level that began as the one before costs one byte. */
function packVisits(to: PackWriter, visits: readonly Visit[], lastSeenMs: number): void {
  to.number(visits.length)
  let before: Visit | null = null
  for (const visit of visits) {
    const isSame = before?.firstSequence === visit.firstSequence && before.sinceMs === visit.sinceMs
    to.number(isSame ? 0 : visit.firstSequence + 1)
    if (!isSame) to.signed(visit.sinceMs - lastSeenMs)
    before = visit
  }
}

function unpackVisits(from: PackReader, lastSeenMs: number): readonly Visit[] {
  const visits: Visit[] = []
  for (let left = from.number(); left > 0; left--) {
    const sequence = from.number()
    const before = visits.at(-1)
    visits.push(
      sequence === 0 && before !== undefined
        ? { ...before }
        : { firstSequence: sequence - 1, sinceMs: lastSeenMs + from.signed() },
    )
  }
  return visits
}

function packSlots(to: PackWriter, slots: readonly Slot[], book: PlaceBook, lastSeenMs: number): void {
  to.number(slots.length)
  for (const slot of slots) {
    to.number(book.numberOf(slot.place))
    packSignal(to, slot.levelCdbm)
    to.number(slot.weightHundredths)
    to.number(lastSeenMs - slot.lastMs)
    to.number(slot.reads)
  }
}

function unpackSlots(from: PackReader, book: PlaceBook, lastSeenMs: number): readonly Slot[] {
  const slots: Slot[] = []
  for (let left = from.number(); left > 0; left--) {
    slots.push({
      place: book.placeAt(from.number()),
      levelCdbm: unpackSignal(from),
      weightHundredths: from.number(),
      lastMs: lastSeenMs - from.number(),
      reads: from.number(),
    })
  }
  return slots
}

function packSightings(
  to: PackWriter,
  sightings: readonly Sighting[],
  book: PlaceBook,
  lastSeenMs: number,
): void {
  to.number(sightings.length)
  for (const sighting of sightings) {
    packLocation(to, sighting.locationId, book)
    to.signed(sighting.emittedAtMs - lastSeenMs)
    to.number(sighting.reads)
    packSignal(to, sighting.rssiMaxCdbm)
  }
}

function unpackSightings(from: PackReader, book: PlaceBook, lastSeenMs: number): readonly Sighting[] {
  const sightings: Sighting[] = []
  for (let left = from.number(); left > 0; left--) {
    sightings.push({
      locationId: unpackLocation(from, book),
      emittedAtMs: lastSeenMs + from.signed(),
      reads: from.number(),
      rssiMaxCdbm: unpackSignal(from),
    })
  }
  return sightings
}
