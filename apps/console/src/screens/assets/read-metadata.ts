/** What somebody typed as an asset's metadata. Pure. */

export type MetadataText = string

/** The object; empty for nothing, null for what is none. */
export function readMetadata(text: MetadataText): Record<string, unknown> | null {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
