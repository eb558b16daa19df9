/**
 * Cuts text into the objects and arrays that follow each other in it, by their brackets; knows of JSON only that
 * brackets within strings do not count.
 *
 * Invariant
 *   N2. The pieces hold every character of the text, in order, but blanks and commas between values.
 */

/** Each piece is an object or array, or whatever stands between two of them, or an end that never closes. */
export function splitValues(text: string): readonly string[] {
  const pieces: string[] = []
  let start = 0
  let depth = 0
  const cut = (end: number): void => {
    while (start < end && isSeparator(text[start])) start += 1
    let last = end
    while (last > start && isSeparator(text[last - 1])) last -= 1
    if (last > start) pieces.push(text.slice(start, last))
    start = end
  }
  for (let index = 0; index < text.length; index += 1) {
    const turn = turns[text[index] ?? ''] ?? 0
    if (turn === 1 && depth === 0) cut(index)
    depth = Math.max(0, depth + turn)
    if (turn === -1 && depth === 0) cut(index + 1)
    // Outside of all brackets a quote opens nothing that could hold one.
    if (depth > 0 && text[index] === '"') index = endOfString(text, index)
  }
  cut(text.length)
  return pieces
}

function isSeparator(character: string | undefined): boolean {
  return character === ',' || (character ?? '').trim() === ''
}

const turns: Readonly<Record<string, 1 | -1>> = { '{': 1, '[': 1, '}': -1, ']': -1 }

/** Where the string that begins at `start` ends: at its closing quote, or with the text. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '"') return index
    if (text[index] === '\\') index += 1
  }
  return text.length
}
