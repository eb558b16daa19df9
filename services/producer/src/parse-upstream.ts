/**
 * What an upstream record holds: our Avro, or JSON as one object, an array, lines, or values with nothing between them.
 * Told apart by the `content-type` header when it says something known, else by the first byte. Owns the forms; refuses
 * to know what is in them.
 *
 * Invariant
 *   U1. Bytes that are none of these are bad for a reason, whatever they are; nothing here throws.
 */
import { isUtf8 } from 'node:buffer'
import type { PoisonReason } from '@scanhook/domain/poison'
import { type Document, splitDocuments, splitLines } from '@scanhook/reader-formats/split-documents'

export type UpstreamContent =
  | { readonly kind: 'avro' }
  /** `isBatch` is false for a single object: its problems are then named without an index. */
  | { readonly kind: 'items'; readonly items: readonly Document[]; readonly isBatch: boolean }
  | { readonly kind: 'bad'; readonly reason: PoisonReason; readonly detail: string }

/** Kafka's own default for a record; a topic that takes larger ones still gets each of them read or set aside. */
export const recordMaxBytes: number = 1024 * 1024

export function parseUpstream(value: Buffer | null, contentType: string | undefined): UpstreamContent {
  if (value === null) return bad('null_value', 'the record has no value')
  if (value.length > recordMaxBytes) {
    return bad('too_large', `${value.length} bytes; at most ${recordMaxBytes} are read`)
  }
  const form = formOf(contentType)
  const isAvro = value[0] === 0
  if (form === 'avro' || (form === null && isAvro)) {
    return isAvro ? { kind: 'avro' } : bad('bad_magic', 'the first byte is not 0, so this is not our Avro')
  }
  if (form === null && !looksLikeJson(value)) {
    return bad('bad_magic', 'neither our Avro (first byte 0) nor JSON (first byte { or [)')
  }
  if (!isUtf8(value)) return bad('invalid_json', 'the text is not UTF-8')
  // A byte order mark counts as white space in ECMAScript but not in JSON.
  const text = value.toString('utf8').replace(/^\uFEFF/, '')
  const found = form === 'lines' ? splitLines(text) : splitDocuments(text)
  if (found === null) return bad('invalid_json', 'there is no JSON in it')
  return { kind: 'items', items: found.documents, isBatch: found.isBatch }
}

function formOf(contentType: string | undefined): 'avro' | 'document' | 'lines' | null {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (/^application\/(x-ndjson|ndjson|jsonl)$/.test(mediaType)) return 'lines'
  if (/^application\/([\w.-]+\+)?json$/.test(mediaType)) return 'document'
  return /avro/.test(mediaType) ? 'avro' : null
}

const openers = new Set(['{', '['].map((character) => character.charCodeAt(0)))
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

function looksLikeJson(value: Buffer): boolean {
  for (const byte of value) {
    if (openers.has(byte)) return true
    if (!blanks.has(byte)) return false
  }
  return false
}

function bad(reason: PoisonReason, detail: string): UpstreamContent {
  return { kind: 'bad', reason, detail }
}
