/** Between an instant in the address and the field in which people type it, in their own zone. Pure but for the zone. */

/** RFC 3339 to what `datetime-local` takes; empty for what is no time. */
export function localText(instant: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return ''
  const at = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** Back; empty for a field that is not filled. */
export function readLocal(text: string): string {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString()
}
