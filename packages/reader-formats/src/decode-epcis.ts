/**
 * GS1 EPCIS 2.0 in JSON: an event, an array of events, an `EPCISDocument` or an `EPCISQueryDocument`. An `ObjectEvent` that
 * observes or adds says that each EPC of its list was at its read point:
 *
 *   {"type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-07-27T16:26:24.100Z", "eventTimeZoneOffset": "+00:00",
 *    "epcList": ["urn:epc:id:sgtin:0614141.107346.2017"], "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"}}
 *
 * Accepted and without effect: the other types of event (they say what belongs together, not what was seen where), the
 * action `DELETE` (the objects ended), `quantityList` (classes have no identity), and an event with an `errorDeclaration`
 * (it withdraws what was said before; what has been derived from it stays).
 */
import {
  type FieldReport,
  isJsonObject,
  type JsonObject,
  kindOf,
  readInstant,
  readText,
  report,
  requireField,
} from '@scanhook/domain/reading/parse-fields'
import { textMaxLength } from '@scanhook/domain/reading/read-bounds'
import { addSighting, deviceOf, entriesMax, findObject, requireObject, type Scope, within } from './scope.ts'

const otherTypes = ['AggregationEvent', 'TransactionEvent', 'TransformationEvent', 'AssociationEvent']
const actions = ['ADD', 'OBSERVE', 'DELETE']

export function decodeEpcis(json: unknown, scope: Scope): void {
  const document = requireObject(json, scope)
  if (document === null) return
  const { type } = document
  if (type !== 'EPCISDocument' && type !== 'EPCISQueryDocument') {
    takeEvent(document, scope)
    return
  }
  // The standard makes it required, and without it nobody can tell what the names in the events mean.
  if ((document['@context'] ?? null) === null)
    report(scope, '@context', 'required', 'is required in a document')
  else takeEvents(document, type === 'EPCISDocument' ? ['epcisBody'] : queryPath, scope)
}

const queryPath = ['epcisBody', 'queryResults', 'resultsBody']

function takeEvents(document: JsonObject, path: readonly string[], scope: Scope): void {
  let at: FieldReport = scope
  let holder = document
  for (const field of path) {
    const next = requireField(holder, field, findObject(holder, field, at), at)
    if (next === null) return
    holder = next
    at = within(at, field)
  }
  const { eventList } = holder
  if (!Array.isArray(eventList)) {
    report(at, 'eventList', 'invalid_value', `must be an array; received ${kindOf(eventList)}`)
    return
  }
  for (const [index, event] of listed(eventList, 'eventList', at).entries()) {
    takeEvent(event, { ...scope, prefix: `${at.prefix}eventList.${index}.` })
  }
}

/** A bad event costs itself: each has its own list of problems. */
function takeEvent(json: unknown, outer: Scope): void {
  const scope: Scope = { ...outer, problems: [] }
  const event = requireObject(json, scope)
  if (event !== null && isSighting(event, scope)) takeEpcs(event, scope)
  for (const problem of scope.problems) outer.problems.push(problem)
}

/** As much of a list as is read; what is beyond is a problem. */
function listed(list: readonly unknown[], field: string, at: FieldReport): readonly unknown[] {
  if (list.length <= entriesMax) return list
  report(at, field, 'too_long', `must have at most ${entriesMax} entries; has ${list.length}`)
  return list.slice(0, entriesMax)
}

function isSighting(event: JsonObject, at: FieldReport): boolean {
  const { type, action } = event
  if (otherTypes.includes(`${type}`)) return false
  if (type !== 'ObjectEvent') {
    report(
      at,
      'type',
      'invalid_value',
      `must be ObjectEvent, or ${otherTypes.join(', ')}, which lead to nothing`,
    )
    return false
  }
  if (!actions.includes(`${action}`)) {
    report(at, 'action', 'invalid_value', `must be one of ${actions.join(', ')}`)
    return false
  }
  return action !== 'DELETE' && (event['errorDeclaration'] ?? null) === null
}

function takeEpcs(event: JsonObject, scope: Scope): void {
  const readAtMs = requireField(event, 'eventTime', readInstant(event, 'eventTime', scope), scope)
  const eventId = readText(event, 'eventID', textMaxLength, scope)
  const epcs = epcsOf(event, scope)
  if (epcs.length === 0 || scope.problems.length > 0) return
  const deviceKey = placeOf(event, scope)
  if (deviceKey === null) return
  for (const tagValue of epcs) {
    const readId = readIdOf(eventId, tagValue)
    addSighting(scope, { deviceKey, tagType: 'rfid', tagValue, readAtMs, readId })
  }
}

/** Without any EPC an event is still right where it lists quantities. A bad EPC costs its event: it is one statement. */
function epcsOf(event: JsonObject, at: FieldReport): readonly string[] {
  const { epcList, quantityList } = event
  if (!Array.isArray(epcList)) {
    const isQuantity = (epcList ?? null) === null && Array.isArray(quantityList)
    if (!isQuantity)
      report(at, 'epcList', 'required', 'must be an array of EPCs; there is no quantityList either')
    return []
  }
  const inList = within(at, 'epcList')
  const epcs = listed(epcList, 'epcList', at)
  const members: JsonObject = { ...epcs }
  return epcs.flatMap((_, index) => {
    const epc = requireField(
      members,
      `${index}`,
      readText(members, `${index}`, textMaxLength, inList),
      inList,
    )
    return epc === null ? [] : [epc]
  })
}

/** Where it was read; where the sender says no more than where it is afterwards, that. */
function placeOf(event: JsonObject, scope: Scope): string | null {
  for (const field of ['readPoint', 'bizLocation']) {
    const place = event[field]
    if (isJsonObject(place) && (place['id'] ?? null) !== null)
      return deviceOf(place, ['id'], scope, within(scope, field))
  }
  return deviceOf({}, ['readPoint.id'], scope)
}

/** The event's id is one for all of its EPCs. Where both together are too long, device, tag and time tell reads apart. */
function readIdOf(eventId: string | null, epc: string): string | null {
  const readId = `${eventId ?? ''} ${epc}`
  return eventId === null || readId.length > textMaxLength ? null : readId
}
