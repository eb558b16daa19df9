/**
 * Holds an event that was really sent against what the catalogue promises: the schema of its data, the order of its
 * keys, and, where the whole event is known, that data and event tell the same. For tests and for whoever suspects us;
 * the product itself does not check what it has just made.
 */
import { type AssetEventType, assetEventTypes, type DomainEvent } from '@scanhook/domain/event'
import type { FieldProblem } from '@scanhook/domain/read'
import { eventCatalogue, signalCatalogue } from './event-catalogue.ts'
import { problemsOf } from './problems.ts'

type Problems = readonly FieldProblem[]

const schemas = new Map<string, (typeof eventCatalogue)[number]['dataSchema']>(
  [...eventCatalogue, ...signalCatalogue].map((entry) => [entry.type, entry.dataSchema]),
)

/** What is wrong with the `data` of a body of this type; empty when nothing is. */
export function checkEventData(type: string, data: unknown): Problems {
  const schema = schemas.get(type)
  if (schema === undefined) return [wrong('type', `${type} is not in the catalogue`)]
  const parsed = schema.safeParse(data)
  if (!parsed.success) return problemsOf(parsed.error.issues, data, 'data')
  // A strict schema gives its keys back in its own order, which is the documented one. A sender's data keeps its own.
  const isOurs = assetEventTypes.some((each) => each === type)
  if (!isOurs) return []
  if (JSON.stringify(parsed.data) !== JSON.stringify(data))
    return [wrong('data', 'keys are not in their documented order')]
  return checkMeaning(type as AssetEventType, data as AssetData)
}

/** The same for an event as it travels: its data, and that both tell the same. */
export function checkEvent(event: DomainEvent): Problems {
  const data = parseJson(event.dataJson)
  if (data === undefined) return [wrong('data', 'is not JSON')]
  const problems = checkEventData(event.type, data)
  if (problems.length > 0 || event.assetId === null) return problems
  const { asset, transition_id, previous_event_id } = data as AssetData
  return [
    ...differing('data.asset.id', asset.id, event.assetId),
    ...differing('data.asset.sequence', asset.sequence, event.sequence),
    ...differing('data.previous_event_id', previous_event_id, event.previousEventId),
    ...differing('data.transition_id', transition_id, event.transitionId),
    ...differing('subject', event.subject, `asset:${event.assetId}`),
  ]
}

/** What the checks below read; the schema has been passed by then. */
interface AssetData {
  readonly asset: { readonly id: number; readonly sequence: number }
  readonly from_location?: { readonly id: number } | null
  readonly to_location?: { readonly id: number }
  readonly transition_id: string | null
  readonly previous_event_id: string | null
  readonly reason: string | null
  readonly late?: boolean
}

/** What no schema says. */
function checkMeaning(type: AssetEventType, data: AssetData): Problems {
  const isFirst = data.asset.sequence === 1
  const isDeparture = data.reason === 'absence' || data.reason === 'reassigned'
  return [
    ...(isFirst === (data.previous_event_id === null)
      ? []
      : [wrong('data.previous_event_id', 'must be null on the asset’s first event, and only there')]),
    ...(type !== 'location.exited' && isDeparture
      ? [wrong('data.reason', `${data.reason} is a reason to leave, not for ${type}`)]
      : []),
    ...(type === 'asset.moved' && data.from_location?.id === data.to_location?.id
      ? [wrong('data.to_location', 'must be another location than the one that it came from')]
      : []),
    ...(data.late === true && data.reason !== null
      ? [wrong('data.reason', 'must be null on a late sighting, which decides nothing')]
      : []),
  ]
}

function differing(field: string, found: unknown, expected: unknown): Problems {
  return found === expected ? [] : [wrong(field, `must be ${String(expected)} as the event has it`)]
}

function wrong(field: string, message: string): FieldProblem {
  return { field, code: 'invalid_value', message }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
