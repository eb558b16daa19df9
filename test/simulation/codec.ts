/** Values in the log: JSON, and each parsed once. */
const parsed = new WeakMap<Buffer, unknown>()

export function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** The same object for the same bytes; whoever gets it must not change it. */
export function decode<T>(bytes: Buffer | null): T {
  if (bytes === null) throw new Error('a record without a value')
  const known = parsed.get(bytes)
  if (known !== undefined) return known as T
  const value = JSON.parse(bytes.toString()) as T
  parsed.set(bytes, value as object)
  return value
}
