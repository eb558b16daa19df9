/**
 * The schema registry. Owns: asking, deadlines, and telling "the registry can't be reached" from "the registry says no".
 * Knows nothing of records.
 *
 * Questions are asked here, because `@kafkajs/confluent-schema-registry` hides what tells a registry's own "unknown" from
 * the page of a proxy that stands before it: the error code in the body. Registering, and schemas with references, are
 * left to it. Two of its traps are handled: failures of the network come back as status 400, the same as a refused
 * request, so only answers that are known to be final count as final; and it has no time limit of its own, so a registry
 * that accepts and never answers would hang its caller for good.
 *
 * Invariant
 *   R1. "Unknown" is only what the registry itself says, by its error code; every other answer that is not the one asked
 *       for counts as none.
 */
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import type { Type } from 'avsc'
import { SchemasError } from './errors.ts'

export interface Registry {
  /** Registers under the subject and returns the id; the same text again gives the same id. */
  readonly register: (subject: string, text: string) => Promise<number>
  /** Id of exactly this text under the subject; null when it was never registered there. */
  readonly lookup: (subject: string, text: string) => Promise<number | null>
  /** The Avro schema with this id, as text; null when the registry has none, or none in Avro. */
  readonly fetch: (id: number) => Promise<string | null>
  /** What is registered under the subject, to be looked at; null when there is no such subject. */
  readonly describe: (subject: string) => Promise<SubjectFacts | null>
}

export interface SubjectFacts {
  /** In ascending order. `id`: what stands in the bytes of records. */
  readonly versions: readonly { readonly version: number; readonly id: number }[]
  /** How many there are; of more than `versionsMax` the newest are described. */
  readonly versionCount: number
  /** The level of the subject; null: the registry's own level holds. */
  readonly compatibility: string | null
}

export interface RegistryOptions {
  readonly url: string
  /** For each request. */
  readonly timeoutMs: number
}

// Old and new services, and records of weeks ago, meet on one topic in both directions.
const compatibility = COMPATIBILITY.FULL_TRANSITIVE

/** A request each; a subject of ours has had a handful in its life. */
const versionsMax = 20

/** Opens nothing: connections are made per request. All methods throw SchemasError. */
export function openRegistry(options: RegistryOptions): Registry {
  const address = addressOf(options.url)
  const client = new SchemaRegistry({
    host: address.host,
    ...(address.auth === null ? {} : { auth: address.auth }),
    clientId: 'scanhook',
    // One quick second try absorbs a restart of the registry behind a load balancer; more belongs to the caller.
    retry: { retries: 1, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
    middlewares: [
      () => ({ prepareRequest: async (next) => (await next()).enhance({ timeout: options.timeoutMs }) }),
    ],
  })
  const avro = (text: string): { type: SchemaType.AVRO; schema: string } => ({
    type: SchemaType.AVRO,
    schema: text,
  })

  return {
    register: async (subject, text) => {
      try {
        return await registerPatiently(
          async () => (await client.register(avro(text), { subject, compatibility })).id,
          () => setCompatibility(address, subject, options.timeoutMs),
        )
      } catch (error) {
        if (isConflict(error) || statusOf(error) === 422) {
          throw new SchemasError('SCHEMA_INCOMPATIBLE', `the registry refuses the schema for ${subject}`, {
            cause: error,
          })
        }
        throw unavailable(options.url, error)
      }
    },
    lookup: async (subject, text) => {
      try {
        const answer = await ask(address, options.timeoutMs, {
          method: 'POST',
          path: `/subjects/${encodeURIComponent(subject)}`,
          body: { schema: text },
          unknownCodes: [subjectUnknown, schemaUnknown],
        })
        return answer === null ? null : idIn(answer)
      } catch (error) {
        throw unavailable(options.url, error)
      }
    },
    fetch: async (id) => {
      try {
        const answer = await ask(address, options.timeoutMs, {
          method: 'GET',
          path: `/schemas/ids/${id}`,
          unknownCodes: [schemaUnknown],
        })
        if (answer === null) return null
        const text = avroIn(answer)
        return text !== null && hasReferences(answer)
          ? schemaText((await client.getSchema(id)) as unknown as Type)
          : text
      } catch (error) {
        throw unavailable(options.url, error)
      }
    },
    describe: async (subject) => {
      try {
        return await describeSubject((question) => ask(address, options.timeoutMs, question), subject)
      } catch (error) {
        throw unavailable(options.url, error)
      }
    },
  }
}

async function describeSubject(
  asking: (question: Asked) => Promise<Answer | null>,
  subject: string,
): Promise<SubjectFacts | null> {
  const name = encodeURIComponent(subject)
  const unknownCodes = [subjectUnknown, versionUnknown]
  const listed = await asking({ method: 'GET', path: `/subjects/${name}/versions`, unknownCodes })
  if (listed === null) return null
  const numbers = Object.values(listed).filter((each) => typeof each === 'number')
  const versions: { version: number; id: number }[] = []
  for (const version of numbers.toSorted((one, other) => one - other).slice(-versionsMax)) {
    const answer = await asking({
      method: 'GET',
      path: `/subjects/${name}/versions/${version}`,
      unknownCodes,
    })
    if (answer !== null) versions.push({ version, id: idIn(answer) })
  }
  // Without a level of its own: 40408, and 40401 from registries of before it.
  const config = await asking({
    ...{ method: 'GET', path: `/config/${name}`, unknownCodes: [...unknownCodes, levelUnknown] },
  })
  const level = config?.['compatibilityLevel']
  return {
    versions,
    versionCount: numbers.length,
    compatibility: typeof level === 'string' ? level : null,
  }
}

/**
 * Two setups at once, or one after another that died half way, leave traces that the client takes for refusals: Apicurio
 * answers 409 to the second of two first registrations, and the client sets a subject's level only after it made the
 * subject and then refuses for good to go on with one that has another level. Both end when it is tried again.
 */
async function registerPatiently(
  register: () => Promise<number>,
  repairLevel: () => Promise<void>,
): Promise<number> {
  for (let again = 2; again > 0; again -= 1) {
    try {
      return await register()
    } catch (error) {
      if (nameOf(error) === 'ConfluentSchemaRegistryCompatibilityError') await repairLevel()
      else if (!isConflict(error)) throw error
    }
  }
  return register()
}

async function setCompatibility(address: Address, subject: string, timeoutMs: number): Promise<void> {
  const answer = await send(address, timeoutMs, {
    method: 'PUT',
    path: `/config/${encodeURIComponent(subject)}`,
    body: { compatibility },
  })
  if (!answer.ok) throw new Error(`setting the compatibility level of ${subject}: status ${answer.status}`)
}

interface Question {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: object
}

function send({ host, auth }: Address, timeoutMs: number, question: Question): Promise<Response> {
  const { method, path, body } = question
  return fetch(`${host}${path}`, {
    method,
    headers: {
      'content-type': 'application/vnd.schemaregistry.v1+json',
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(auth === null
        ? {}
        : { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  })
}

interface Asked extends Question {
  readonly unknownCodes: readonly unknown[]
}

/** Of a list: its items by their places. */
type Answer = Readonly<Record<string, unknown>>

/** Confluent's codes; Apicurio answers with them as well. */
const subjectUnknown = 40401
const schemaUnknown = 40403
const versionUnknown = 40402
const levelUnknown = 40408

/** What the registry answers; null when it says that it does not know. Throws when it was not the registry (R1). */
async function ask(address: Address, timeoutMs: number, question: Asked): Promise<Answer | null> {
  const response = await send(address, timeoutMs, question)
  const answer: unknown = await response.json()
  if (typeof answer !== 'object' || answer === null) throw new Error('the answer is no object')
  const fields = { ...answer } as Answer
  if (response.status === 404 && question.unknownCodes.includes(fields['error_code'])) return null
  if (!response.ok) throw new Error(`status ${response.status}`)
  return fields
}

function idIn({ id }: Answer): number {
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new Error('the answer has no id')
  return id
}

/** Null for a schema that is not Avro. */
function avroIn({ schema, schemaType }: Answer): string | null {
  if (typeof schema !== 'string') throw new Error('the answer has no schema')
  return schemaType === undefined || schemaType === null || schemaType === 'AVRO' ? schema : null
}

function hasReferences({ references }: Answer): boolean {
  return Array.isArray(references) && references.length > 0
}

interface Address {
  /** Without credentials and without a slash at the end. */
  readonly host: string
  readonly auth: { readonly username: string; readonly password: string } | null
}

/** The client takes credentials beside the address, not in it. */
function addressOf(url: string): Address {
  const { origin, pathname, username, password } = new URL(url)
  return {
    host: `${origin}${pathname}`.replace(/\/+$/, ''),
    auth:
      username === ''
        ? null
        : { username: decodeURIComponent(username), password: decodeURIComponent(password) },
  }
}

function isConflict(error: unknown): boolean {
  return statusOf(error) === 409
}

/** What a writer's schema needs for decoding: structure, defaults and aliases. Not Avro (JSON Schema, Protobuf): null. */
function schemaText(type: Type): string | null {
  return typeof type.schema === 'function' ? JSON.stringify(type.schema({ exportAttrs: true })) : null
}

function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' ? status : undefined
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

function unavailable(url: string, cause: unknown): SchemasError {
  const { host } = new URL(url)
  return new SchemasError('SCHEMA_REGISTRY_UNAVAILABLE', `no usable answer from the registry at ${host}`, {
    cause,
  })
}
