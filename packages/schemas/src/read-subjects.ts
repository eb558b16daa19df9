/** What the registry has of each of our subjects, for people who look. Reads only. */
import { type CodecSubject, codecSubjects } from './open-codecs.ts'
import { openRegistry, type SubjectFacts } from './registry.ts'

export interface SubjectSeen extends CodecSubject {
  /** Null: the registry has no such subject. */
  readonly facts: SubjectFacts | null
}

export interface ReadSubjectsOptions {
  readonly registryUrl: string
  /** Topic prefix; part of every subject. */
  readonly prefix: string
  /** For each request to the registry; there are some fifty, one after the other. */
  readonly timeoutMs: number
}

/** Throws SchemasError with SCHEMA_REGISTRY_UNAVAILABLE. */
export async function readSubjects(options: ReadSubjectsOptions): Promise<readonly SubjectSeen[]> {
  const registry = openRegistry({ url: options.registryUrl, timeoutMs: options.timeoutMs })
  const seen: SubjectSeen[] = []
  for (const subject of codecSubjects(options.prefix))
    seen.push({ ...subject, facts: await registry.describe(subject.subject) })
  return seen
}
