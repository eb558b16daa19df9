/**
 * Schema ids and writer schemas on disk, so that a process that has seen its schemas once can start and go on while
 * the registry is away. Holds only what can be asked again: losing the folder costs requests, never data.
 *
 * The registry's answer always comes first and the disk second: a registry that was set up anew gives out ids afresh,
 * and an old folder must not win over it. For the same reason each registry address has its own folder.
 *
 * Invariants
 *   D1. A file is complete or absent: written aside, then renamed.
 *   D2. An unreadable file counts as absent, an unwritable folder as no cache; neither stops a service.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@scanhook/observability/log'

export interface SchemaCache {
  readonly findId: (subject: string, text: string) => Promise<number | null>
  readonly saveId: (subject: string, text: string, id: number) => Promise<void>
  readonly findSchema: (id: number) => Promise<string | null>
  readonly saveSchema: (id: number, text: string) => Promise<void>
}

/** A cache under `folder` for one registry. */
export function openSchemaCache(folder: string, registryUrl: string, log: Logger): SchemaCache {
  const root = join(folder, digest(registryUrl))
  const idFile = (subject: string, text: string): string =>
    join(root, `subject-${digest(`${subject}\n${text}`)}.json`)
  const schemaFile = (id: number): string => join(root, `schema-${id}.json`)

  const save = async (file: string, document: unknown): Promise<void> => {
    const aside = `${file}.${randomUUID()}`
    try {
      await mkdir(root, { recursive: true })
      await writeFile(aside, JSON.stringify(document))
      await rename(aside, file)
    } catch (error) {
      log.warn({ file, err: error }, 'schema-cache.write-failed')
      await rm(aside, { force: true }).catch(() => undefined)
    }
  }

  return {
    findId: async (subject, text) => {
      const found = await read(idFile(subject, text))
      return typeof found?.['id'] === 'number' ? found['id'] : null
    },
    saveId: (subject, text, id) => save(idFile(subject, text), { subject, id }),
    findSchema: async (id) => {
      const found = await read(schemaFile(id))
      return typeof found?.['schema'] === 'string' ? found['schema'] : null
    },
    saveSchema: (id, text) => save(schemaFile(id), { id, schema: text }),
  }
}

async function read(file: string): Promise<Record<string, unknown> | null> {
  try {
    const document: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** 64 bits are plenty for a handful of names; it is no protection against anybody. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
