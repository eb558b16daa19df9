/**
 * What stands where something was erased. The row that held it stays: that there was an event, when, and what became of it is
 * still told; what it said is gone for good. Pure.
 */

/** As `data` of an event, before or after of an audit entry, and in place of a body. */
export const erasedJson = '{"erased":true}'

export function isErased(text: string): boolean {
  return text === erasedJson
}
