/** A request as people keep it (`curl -v`, a log, a file): headers, an empty line, the body byte for byte. Pure. */

export interface HttpMessage {
  /** As written; of a name that comes twice the values in a list. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A first line such as `POST /hooks HTTP/1.1` is passed over. Null: there are no headers with an empty line behind them. */
export function parseHttpMessage(bytes: Buffer): HttpMessage | null {
  const end = endOfHeaders(bytes)
  if (end === null) return null
  const headers = parseHeaders(bytes.subarray(0, end.at).toString('latin1'))
  return Object.keys(headers).length === 0 ? null : { headers, body: bytes.subarray(end.at + end.length) }
}

/** Lines of `Name: value`, with `> ` before them where curl wrote them. */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^(?:> )?([A-Za-z0-9_-]+):[ \t]*(.*)$/.exec(line) ?? []
    if (name === undefined) continue
    const earlier = Object.hasOwn(headers, name) ? headers[name] : undefined
    headers[name] = earlier === undefined ? value.trim() : `${earlier}, ${value.trim()}`
  }
  return headers
}

function endOfHeaders(bytes: Buffer): { readonly at: number; readonly length: number } | null {
  const found = ['\r\n\r\n', '\n\n', '\r\n> \r\n', '\n> \n', '\n>\n']
    .map((mark) => ({ at: bytes.indexOf(mark), length: mark.length }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
  return found[0] ?? null
}
