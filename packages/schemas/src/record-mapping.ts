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
