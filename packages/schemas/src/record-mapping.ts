/**
 * How one noun of the domain becomes one Avro record and back. Written by hand, field by field: it is the hot path,
 * and the wire's names must not follow a rename in code by accident.
 */
export interface RecordMapping<T, Raw> {
  /** Name under `avro/`, without `.avsc`. */
  readonly file: string
  readonly toRaw: (value: T) => Raw
  /** Throws when a text is not in its closed set; the bytes then count as undecodable. */
  readonly fromRaw: (raw: Raw) => T
  /** A way past avsc for the records of the hottest topic; the same bytes and values. */
  readonly direct?: DirectForm<T>
}

export interface DirectForm<T> {
  /** The whole record with its header; null for a value that it leaves to avsc. */
  readonly encode: (value: T, id: number) => Buffer | null
  /** Of bytes in our own version of the schema; null for those that it leaves to avsc. Throws on bytes that are no such record. */
  readonly decode: (bytes: Buffer) => T | null
}

/**
 * Narrows text to a closed set. Sets travel as Avro strings, because adding a symbol to an Avro enum breaks readers
 * that don't know it yet already at resolution, before anybody can say what the value was.
 */
export function oneOfSet<const T extends readonly string[]>(
  field: string,
  values: T,
): (value: string) => T[number] {
  const known: ReadonlyMap<string, T[number]> = new Map(values.map((value) => [value, value]))
  return (value) => {
    const found = known.get(value)
    if (found === undefined) throw new Error(`${field} has a value that this version does not know`)
    return found
  }
}
