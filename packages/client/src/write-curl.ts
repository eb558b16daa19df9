/** A request as a command line that sends the same bytes. Pure. */
export interface CurlRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The exact text. */
  readonly body: string
}

/** curl makes these itself, from the URL and the body. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'expect',
])
/** What stands for values that the customer set and nobody is shown. */
const mask = '***'
/** Linux takes 128 KiB in one argument (MAX_ARG_STRLEN); what is longer goes through a pipe, which the shell's own `printf` fills. */
const argumentMaxBytes = 120_000
/** What gives a terminal orders, or turns the direction of what follows: strangers write bodies, and people look at commands. */
const orders = /(?![\n\t])[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu
const utf8 = new TextEncoder()

/** For a POSIX shell; ends with a line end. Where a value is masked, a comment before it says which. */
export function writeCurl({ url, headers, body }: CurlRequest): string {
  const sent = Object.entries(headers).filter(([name]) => !ownHeaders.has(name.toLowerCase()))
  const hidden = sent.filter(([, value]) => value === mask).map(([name]) => name)
  const isPiped = utf8.encode(body).length > argumentMaxBytes || body.search(orders) !== -1
  const lines = [
    // Braces and brackets of the URL are not patterns.
    `${isPiped ? `printf %b ${quote(escaped(body))} | ` : ''}curl --globoff --request POST ${quote(url)}`,
    // A semicolon instead of the colon: sent with nothing in it.
    ...sent.map(([name, value]) => `--header ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // --data-raw: a body that begins with @ names no file.
    isPiped ? '--data-binary @-' : `--data-raw ${quote(body)}`,
  ].join(' \\\n  ')
  const comment =
    hidden.length === 0 ? '' : `# The values of these are not shown, put them in: ${hidden.join(', ')}\n`
  return `${comment}${lines}\n`
}

/** As `printf %b` reads it: a backslash is two, and each byte of an order is its octal number (POSIX). */
function escaped(body: string): string {
  return body
    .replaceAll('\\', '\\\\')
    .replace(orders, (each) =>
      [...utf8.encode(each)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join(''),
    )
}

/** In single quotes nothing is special but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
