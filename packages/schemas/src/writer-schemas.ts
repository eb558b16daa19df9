/**
 * Which schema an id stands for: registry first, disk when the registry is away. Owns the memory of ids that nobody
 * knows; decoders are kept by the codecs, so a known id is asked for once per process.
 *
 * Invariants
 *   W1. An unknown id costs the registry at most one request per 30 s (the client keeps no memory of a 404:
 *       kafkajs/confluent-schema-registry#301), so one bad record in a loop cannot become an attack on it.
 *   W2. "Unknown" is only ever said by the registry itself; while it is away an id that is not on disk is
 *       SCHEMA_REGISTRY_UNAVAILABLE, never a reason to set a record aside.
 */
import { SchemasError } from './errors.ts'
import type { Registry } from './registry.ts'
import type { SchemaCache } from './schema-cache.ts'

export interface WriterSchemas {
  /** The schema's text; null when the registry says that there is none. Throws SCHEMA_REGISTRY_UNAVAILABLE. */
  readonly find: (id: number) => Promise<string | null>
}

export interface WriterSchemasOptions {
  readonly registry: Pick<Registry, 'fetch'>
  readonly cache: Pick<SchemaCache, 'findSchema' | 'saveSchema'>
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs: () => number
}

// Long enough to be cheap, short enough that a schema registered a moment after its first record is soon found.
const unknownForMs = 30_000
// Random bytes can name any of 2^31 ids; the oldest are forgotten first, at the price of another request.
const unknownMax = 1_000

export function writerSchemas(options: WriterSchemasOptions): WriterSchemas {
  const unknownUntil = new Map<number, number>()
  const underway = new Map<number, Promise<string | null>>()

  const ask = async (id: number): Promise<string | null> => {
    try {
      const text = await options.registry.fetch(id)
      if (text === null) remember(id)
      else await options.cache.saveSchema(id, text)
      return text
    } catch (error) {
      const kept =
        error instanceof SchemasError && error.retriable ? await options.cache.findSchema(id) : null
      if (kept === null) throw error
      return kept
    }
  }

  const remember = (id: number): void => {
    unknownUntil.delete(id)
    unknownUntil.set(id, options.monotonicMs() + unknownForMs)
    if (unknownUntil.size <= unknownMax) return
    const oldest = unknownUntil.keys().next()
    if (oldest.done !== true) unknownUntil.delete(oldest.value)
  }

  return {
    find: async (id) => {
      // Ids count from 1; a registry may answer anything from 404 to 500 for the others.
      if (id <= 0) return null
      if (options.monotonicMs() < (unknownUntil.get(id) ?? 0)) return null
      const running = underway.get(id)
      if (running !== undefined) return running
      const asked = ask(id).finally(() => underway.delete(id))
      underway.set(id, asked)
      return asked
    },
  }
}
