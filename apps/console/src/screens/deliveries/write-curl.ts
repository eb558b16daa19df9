/** A recorded request as a command line that sends the same bytes again. Pure. */
export interface SentRequest {
  readonly url: string | null
  readonly request_headers: Readonly<Record<string, unknown>> | null
  readonly request_body: string | null
}

/** curl makes these itself, from the URL and the body. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'expect',
])
/** Of both profiles: without them the request is one that nobody signed. */
const isSignature = (name: string): boolean =>
  /^(webhook-(signature|timestamp)|.*-signature(-.*)?)$/i.test(name)
/** What stands in the log for values that the customer set. */
const mask = '***'

/**
 * For a POSIX shell. Signed: with the recorded signature and its time, so the receiver judges exactly what was sent, also that it is
 * old by now. Null where the log has no request any more.
 */
export function writeCurl(request: SentRequest, isSigned: boolean): string | null {
  const { url, request_headers: headers, request_body: body } = request
  if (url === null || headers === null || body === null) return null
  const sent = Object.entries(headers)
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name]) => !ownHeaders.has(name.toLowerCase()) && (isSigned || !isSignature(name)))
  const masked = sent.filter(([, value]) => value === mask).map(([name]) => name)
  const lines = [
    // Braces and brackets of the URL are not patterns.
    `curl --globoff --request POST ${quote(url)}`,
    ...sent.map(([name, value]) => `--header ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // --data-raw: a body that begins with @ names no file.
    `--data-raw ${quote(body)}`,
  ].join(' \\\n  ')
  return masked.length === 0
    ? `${lines}\n`
    : `# The log does not keep the values of: ${masked.join(', ')}. Put them in.\n${lines}\n`
}

/** In single quotes nothing is special but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
