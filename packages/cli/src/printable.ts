/**
 * Text of strangers (names, bodies, headers) as a terminal may show it. Pure.
 *
 * Invariants
 *   P1. Nothing that is printed can move the cursor, change colours, set a title, or turn the direction of what follows: control
 *       characters and directional overrides come as `\u{…}`. Line ends do, too, where one line is meant.
 */

/** Category Cc, line and paragraph separators, and what Unicode's bidirectional algorithm (UAX #9) takes orders from. */
const orders = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu

/** One line. */
export function printable(text: string): string {
  return text.replace(orders, escaped)
}

/** Line ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(orders, (each) => (each === '\n' || each === '\t' ? each : escaped(each)))
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
