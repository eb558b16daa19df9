/** Sentences of the API have instants as machines write them (RFC 3339, UTC); people read them in their own zone. Pure. */
export interface SentencePart {
  /** Where it begins in the sentence, in characters. */
  readonly offset: number
  readonly text: string
  /** Whether `text` is an instant. */
  readonly isInstant: boolean
}

/** With seconds and a zone, as the API writes all of them; a day alone, or what looks like a number, is none. */
const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/g

/** The parts of `sentence` in their order; put together they are it again. */
export function splitInstants(sentence: string): readonly SentencePart[] {
  const parts: SentencePart[] = []
  let offset = 0
  const add = (text: string, isInstant: boolean): void => {
    if (text !== '') parts.push({ offset, text, isInstant })
    offset += text.length
  }
  for (const { 0: text, index } of sentence.matchAll(instant)) {
    add(sentence.slice(offset, index), false)
    // What has the form and is no instant (month 13) stays as it was written.
    add(text, !Number.isNaN(Date.parse(text)))
  }
  add(sentence.slice(offset), false)
  return parts
}
