/**
 * Reads `avro/*.avsc` and puts shared records (AssetRef, LocationRef, DomainEvent) in where they are named, so that
 * what goes to the registry is one self-contained document: schema references would need an order of registration
 * and are not spoken by every registry.
 */
import { readFileSync } from 'node:fs'
import type { Schema } from 'avsc'

const sharedFiles: Readonly<Record<string, string>> = {
  AssetRef: 'asset-ref',
  LocationRef: 'location-ref',
  DomainEvent: 'domain-event',
  MovementSettings: 'movement-settings',
}

export interface LoadedSchema {
  /** `scanhook.Scan`. */
  readonly fullName: string
  /** The document as it is registered; the same text on every machine. */
  readonly text: string
  readonly schema: Schema
}

/** Loads `avro/<file>.avsc`. Throws when it is missing or not JSON: that is a broken installation. */
export function loadSchema(file: string): LoadedSchema {
  const document = inline(readAvsc(file), new Set()) as { namespace: string; name: string }
  return {
    fullName: `${document.namespace}.${document.name}`,
    text: JSON.stringify(document),
    schema: document as unknown as Schema,
  }
}

function readAvsc(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../avro/${file}.avsc`, import.meta.url), 'utf8'))
}

/** The first mention of a shared record becomes its definition; Avro wants later ones by name. */
function inline(node: unknown, defined: Set<string>): unknown {
  if (typeof node === 'string') {
    const file = sharedFiles[node]
    if (file === undefined || defined.has(node)) return node
    defined.add(node)
    return inline(readAvsc(file), defined)
  }
  if (Array.isArray(node)) return node.map((entry) => inline(entry, defined))
  if (typeof node !== 'object' || node === null) return node
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    copy[key] =
      key === 'type' || key === 'items' || key === 'values' || key === 'fields'
        ? inline(value, defined)
        : value
  }
  return copy
}
