/**
 * Bytes in the Confluent wire format (`0x00`, schema id as big-endian int32, Avro) to nouns and back. Synchronous once
 * an id is known: a promise per record would cost more than the decoding.
 *
 * Invariants
 *   E1. What `decode` returns was read to the last byte; truncated or trailing bytes are undecodable.
 *   E2. Bytes written with another version of the schema are read with that version and resolved to ours.
 *   E3. A record of another noun is never taken for ours, whatever its bytes look like.
 */
import avsc, { type Resolver, type Type } from 'avsc'
import { badBytes, SchemasError } from './errors.ts'
import { loadSchema } from './load-schema.ts'
import type { RecordMapping } from './record-mapping.ts'
import type { WriterSchemas } from './writer-schemas.ts'

export interface Codec<T> {
  /** Throws SCHEMA_UNENCODABLE when the value does not fit its schema: a programmer's error. */
  readonly encode: (value: T) => Buffer
  /**
   * Throws (or rejects with) SchemasError: SCHEMA_BAD_BYTES with its `poisonReason`, or SCHEMA_REGISTRY_UNAVAILABLE,
   * after which the same bytes may well decode. A promise only for the first record of an id not seen before.
   */
  readonly decode: (bytes: Buffer | null) => T | Promise<T>
}

/** One record type that a topic carries, ready to be bound to the id that the registry gave it. */
export interface RecordType<T> {
  readonly fullName: string
  /** What is registered. */
  readonly text: string
  readonly encode: (value: T, id: number) => Buffer
  /** A decoder for bytes that were written with `writer`; null when `writer` is this very type. Throws if they can't be resolved. */
  readonly decoder: (writer: Type | null) => (bytes: Buffer) => T
}

const headerBytes = 5
// Nearly all records fit; a larger one gets a buffer of its own.
const scratch = Buffer.allocUnsafe(64 * 1024)

export function recordType<T, Raw>(mapping: RecordMapping<T, Raw>): RecordType<T> {
  const loaded = loadSchema(mapping.file)
  const type = avsc.Type.forSchema(loaded.schema, { omitRecordMethods: true })

  const { direct } = mapping

  const read = (bytes: Buffer, resolver: Resolver | undefined): T => {
    try {
      const known = resolver === undefined ? (direct?.decode(bytes) ?? null) : null
      if (known !== null) return known
      const { value, offset } = type.decode(bytes, headerBytes, resolver) as { value: Raw; offset: number }
      if (offset !== bytes.length) throw new Error(offset < 0 ? 'truncated' : 'trailing bytes')
      return mapping.fromRaw(value)
    } catch (error) {
      throw badBytes('undecodable', `not a readable ${loaded.fullName}`, error)
    }
  }

  return {
    fullName: loaded.fullName,
    text: loaded.text,
    encode: (value, id) => {
      try {
        return direct?.encode(value, id) ?? encodeWire(type, mapping.toRaw(value), id)
      } catch (error) {
        throw new SchemasError('SCHEMA_UNENCODABLE', `the value is not a ${loaded.fullName}`, {
          cause: error,
        })
      }
    },
    decoder: (writer) => {
      const resolver = writer === null ? undefined : type.createResolver(writer)
      return (bytes) => read(bytes, resolver)
    },
  }
}

function encodeWire(type: Type, raw: unknown, id: number): Buffer {
  const end = type.encode(raw, scratch, headerBytes)
  if (end < 0) {
    // Negative: that many bytes were missing.
    const bytes = Buffer.allocUnsafe(scratch.length - end)
    type.encode(raw, bytes, headerBytes)
    return withHeader(bytes, id)
  }
  return withHeader(Buffer.from(scratch.subarray(0, end)), id)
}

function withHeader(bytes: Buffer, id: number): Buffer {
  bytes[0] = 0
  bytes.writeInt32BE(id, 1)
  return bytes
}

export interface BoundRecord<T> {
  readonly type: RecordType<T>
  readonly id: number
}

/** A codec for a topic that carries one or more records; `pick` says which of `records` a value is written as. */
export function topicCodec<T>(
  records: readonly BoundRecord<T>[],
  pick: (value: T) => BoundRecord<T>,
  writers: WriterSchemas,
): Codec<T> {
  const decoders = new Map<number, (bytes: Buffer) => T>()
  for (const { type, id } of records) decoders.set(id, type.decoder(null))

  const learn = async (id: number): Promise<(bytes: Buffer) => T> => {
    const text = await writers.find(id)
    if (text === null) throw badBytes('unknown_schema', `the registry has no Avro schema ${id}`)
    const decoder = decoderFor(records, id, text)
    decoders.set(id, decoder)
    return decoder
  }

  return {
    encode: (value) => {
      const { type, id } = pick(value)
      return type.encode(value, id)
    },
    decode: (bytes) => {
      const id = schemaId(bytes)
      const decoder = decoders.get(id)
      return decoder === undefined
        ? learn(id).then((learned) => learned(bytes as Buffer))
        : decoder(bytes as Buffer)
    },
  }
}

/** For a foreign id; answers with a decoder that refuses when the schema is not one that this topic can carry. */
function decoderFor<T>(records: readonly BoundRecord<T>[], id: number, text: string): (bytes: Buffer) => T {
  try {
    const writer = avsc.Type.forSchema(JSON.parse(text), { omitRecordMethods: true })
    const record = records.find(({ type }) => type.fullName === writer.name)
    if (record === undefined) {
      return () => {
        throw badBytes(
          'unknown_schema',
          `schema ${id} is a ${writer.name ?? 'nameless type'}, which this topic does not carry`,
        )
      }
    }
    return record.type.decoder(writer)
  } catch (error) {
    return () => {
      throw badBytes('undecodable', `schema ${id} can't be resolved to ours`, error)
    }
  }
}

function schemaId(bytes: Buffer | null): number {
  if (bytes === null) throw badBytes('null_value', 'the record has no value')
  if (bytes[0] !== 0) throw badBytes('bad_magic', 'the first byte is not 0, so this is not the wire format')
  if (bytes.length < headerBytes) throw badBytes('undecodable', 'the record ends within the schema id')
  return bytes.readInt32BE(1)
}
