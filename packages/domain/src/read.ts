/**
 * A read: a reader saw a tag. Physical, noisy, not yet resolved to an asset. This is the normal form that every
 * upstream format (our Avro, our JSON, a reader's own) is decoded into.
 */
import type { TagType } from './asset.ts'
import type { OrgId } from './ids.ts'

export interface ScanRead {
  readonly orgId: OrgId
  /** The client's own id of this read, the best key to drop duplicates by; null when it sends none. */
  readonly readId: string | null
  /** The scan device's external key, as upstream names its reader or gateway. */
  readonly deviceKey: string
  /** Null means the device has one antenna only: port 1. */
  readonly antennaPort: number | null
  readonly tagType: TagType | null
  /** As it was read; `normaliseTag` makes the match key. */
  readonly tagValue: string
  /** The reader's clock, epoch ms; informational only, because reader clocks lie (docs/reference/events.md). */
  readonly readAtMs: number | null
  /** Hundredths of a dBm, so that Impinj's values stay exact; null when unknown, 0 or unparsable. */
  readonly rssiCdbm: number | null
  /** How many times the reader saw the tag in what it reports as one read; ≥ 1. */
  readonly reads: number
  /** Where a GPS tracker says it is; null for every other reader. */
  readonly position: Position | null
}

/** Degrees, WGS 84. */
export interface Position {
  readonly latitude: number
  readonly longitude: number
  /** Radius of the error circle, metres; null when the tracker does not say. */
  readonly accuracyM: number | null
}

/** A reader says that it is there, without having read a tag. */
export interface Heartbeat {
  readonly orgId: OrgId
  /** External key of the scan device. */
  readonly deviceKey: string
}

/** One thing that is wrong with an input; `message` names rule and value, never a secret. */
export interface FieldProblem {
  /** Dotted path within the input, e.g. `tag.value` or `reads[3].antenna_port`. */
  readonly field: string
  readonly code: FieldProblemCode
  readonly message: string
}

export const fieldProblemCodes = [
  'required',
  'invalid_value',
  'unknown_field',
  'too_short',
  'too_long',
  'too_small',
  'too_large',
  'fk_not_found',
  'ambiguous_fields',
  'read_only',
  'invalid_context',
] as const
export type FieldProblemCode = (typeof fieldProblemCodes)[number]

/** The result of parsing anything that comes from outside. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }
