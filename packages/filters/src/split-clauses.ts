/** The parts of an expression that `&&` joins at the top, as they were written. Knows brackets and quotes and no more of the language. */

const opening = '([{'
const closing = ')]}'

/**
 * Expects an expression whose outermost operator is `&&`. Quotes that it can't make sense of give parts that no parser accepts:
 * the caller then takes the whole for one clause.
 */
export function splitClauses(expression: string): readonly string[] {
  const clauses: string[] = []
  let begin = 0
  let depth = 0
  for (let at = 0; at < expression.length; at += 1) {
    const letter = expression.charAt(at)
    if (letter === '"' || letter === "'") at = endOfText(expression, at)
    else if (opening.includes(letter)) depth += 1
    else if (closing.includes(letter)) depth -= 1
    else if (depth === 0 && expression.startsWith('&&', at)) {
      clauses.push(expression.slice(begin, at).trim())
      at += 1
      begin = at + 1
    }
  }
  return [...clauses, expression.slice(begin).trim()]
}

/** Of the last character of the text that begins at `at`. */
function endOfText(expression: string, at: number): number {
  const quote = expression.charAt(at)
  const mark = expression.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote
  for (let end = at + mark.length; end < expression.length; end += 1) {
    if (expression.charAt(end) === '\\') end += 1
    else if (expression.startsWith(mark, end)) return end + mark.length - 1
  }
  return expression.length
}
