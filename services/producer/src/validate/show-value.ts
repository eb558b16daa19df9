/** The value that a problem is about, for whoever sent it: from the record as it came, by the problem's path. Pure. */
import { parseUpstream } from '../parse-upstream.ts'

/** Enough to recognise it; a value may be as long as the record. */
const shownCharsMax = 100

export interface Shown {
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

/** By the path of a problem: the value as JSON, cut after 100 characters; null where there is none, or the record is not JSON. */
export function valueShower({ value, headers }: Shown): (field: string) => string | null {
  const content = parseUpstream(value, headers['content-type'])
  const items = content.kind === 'items' ? content.items : []
  const documents = items.map((item) => (item.kind === 'json' ? item.json : undefined))
  const root = content.kind === 'items' && content.isBatch ? documents : documents[0]
  return (field) => {
    const found = headers[field] ?? field.split(/[.[\]]+/).reduce(memberOf, root)
    // An empty path is the whole record, which nobody wants to read again.
    if (field === '' || found === undefined) return null
    const text = JSON.stringify(found)
    return text.length <= shownCharsMax ? text : `${text.slice(0, shownCharsMax)}…`
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (name === '' || typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
    return name === '' ? value : undefined
  return Reflect.get(value, name)
}
