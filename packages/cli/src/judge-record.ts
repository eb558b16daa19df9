/** What is wrong with the form of a record, without asking anybody. Pure; takes a while to load. */
import { eventCatalogue } from '@scanhook/catalogue/event-catalogue'
import { validateBusinessEvent } from '@scanhook/catalogue/validate-business-event'
import { businessEventTypes } from '@scanhook/domain/event'
import { orgId } from '@scanhook/domain/ids'
import { decodeMessage } from '@scanhook/reader-formats/decode-message'
import { findFormat } from '@scanhook/reader-formats/format-name'
import { splitDocuments } from '@scanhook/reader-formats/split-documents'

export interface Problem {
  readonly field: string
  readonly message: string
}

/** Events have a type and no device. */
export function isEvents(text: string): boolean {
  const [first] = splitDocuments(text)?.documents ?? []
  const json = first?.kind === 'json' ? first.json : null
  return typeof json === 'object' && json !== null && 'type' in json && !('device' in json)
}

export function judgeRecord(text: string, format: string | undefined): readonly Problem[] {
  return isEvents(text) ? problemsOfEvents(text) : problemsOfReads(text, format)
}

function problemsOfReads(text: string, format: string | undefined): readonly Problem[] {
  const context = { orgId: orgId(1), deviceKey: null, recordKey: null, fieldPrefix: '' }
  return decodeMessage(findFormat(format ?? 'scanhook') ?? 'scanhook', text, context).problems
}

/** The type and the data, as the catalogue has them. */
function problemsOfEvents(text: string): readonly Problem[] {
  const { documents, isBatch } = splitDocuments(text) ?? { documents: [], isBatch: false }
  return documents.flatMap((document, index) => {
    const prefix = isBatch ? `${index}.` : ''
    if (document.kind !== 'json') return [{ field: `${index}`, message: 'is not JSON' }]
    const { type, data } = (document.json ?? {}) as Record<string, unknown>
    const known = businessEventTypes.find((each) => each === type)
    if (known === undefined) {
      const isDerived = eventCatalogue.some((each) => each.type === type)
      const message = isDerived
        ? 'is derived from reads, and not sent in'
        : `must be one of ${businessEventTypes.join(', ')}`
      return [{ field: `${prefix}type`, message }]
    }
    const judged = validateBusinessEvent(known, data)
    return judged.ok
      ? []
      : judged.problems.map(({ field, message }) => ({ field: `${prefix}${field}`, message }))
  })
}
