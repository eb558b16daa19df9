/** What is read on a button that copies, and what is heard besides. Pure. */

/** "headers of the request" is told from "headers of the answer"; what is longer fits on no button at 320 px. */
const seenMax = 24

/**
 * Of "the program in Go": "program", and " in Go". Together they are the button's name, which begins with what is read (WCAG 2.5.3).
 */
export function sayCopy(what: string): { readonly seen: string; readonly heard: string } {
  const bare = what.replace(/^the /, '')
  const end = (bare.length > seenMax ? / (?:of|in|to) / : / (?:in|to) /).exec(bare)?.index ?? bare.length
  return { seen: bare.slice(0, end), heard: bare.slice(end) }
}
