/** What can be said of an endpoint's URL while it is being typed, in words. Pure. */

export interface UrlCheck {
  /** `open`: nobody knows yet. */
  readonly verdict: 'good' | 'bad' | 'open'
  readonly says: string
}

/** What the API said of the URL; `asking` before it has. */
export type Judged =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'asking' }
  /** `message` reads on after "url". */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unknown' }

/** Longer ones are refused by the API. */
const lengthMax = 2_048

/** Whether it is worth to ask the API: what is no URL of the web would only be refused. */
export function isWorthAsking(text: string): boolean {
  const given = text.trim()
  return given.length <= lengthMax && URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)
}

/** Empty for an empty text. */
export function checkUrl(text: string, judged: Judged): readonly UrlCheck[] {
  const given = text.trim()
  if (given === '') return []
  if (!URL.canParse(given)) return [bad('It is not a URL yet: https://, a host, a path.')]
  // The installation allows some targets by name (demonstrations, tests): then it has the last word.
  const own = checksOf(new URL(given), given)
  if (judged.kind === 'allowed') {
    const isPlain = own.every(({ verdict }) => verdict === 'good')
    return [
      ...own.filter(({ verdict }) => verdict === 'good'),
      good(isPlain ? 'Its host resolves, to public addresses only.' : 'This installation allows it by name.'),
      untried,
    ]
  }
  if (own.some(({ verdict }) => verdict === 'bad')) return own
  if (judged.kind === 'asking') return [...own, { verdict: 'open', says: 'Looking its host up …' }]
  if (judged.kind === 'unknown')
    return [
      ...own,
      { verdict: 'open', says: 'Its host could not be looked up now; saving it does that, too.' },
    ]
  return [...own, bad(`It ${judged.message}.${hintFor(judged.message)}`)]
}

/** The API keeps to itself which of the two it is, so that nobody reads its network out of the answers. */
function hintFor(message: string): string {
  return message.includes('public internet')
    ? ' Its host is not known to name servers, or has an address that is not public.'
    : ''
}

/** Honest about what nobody tried: only a request can tell. */
const untried: UrlCheck = {
  verdict: 'open',
  says: 'Whether it answers, the test shows: nothing is sent there before.',
}

function checksOf(url: URL, given: string): readonly UrlCheck[] {
  return [
    url.protocol === 'https:'
      ? good('It uses HTTPS.')
      : bad('It must use HTTPS; anybody on the way could read plain HTTP.'),
    isNamedLikeLocal(url.hostname)
      ? bad(`${url.hostname} is not on the public internet; we can't reach it.`)
      : good('Its host is not one of your own network.'),
    ...(url.username === '' && url.password === ''
      ? []
      : [bad('It holds a user or password: send those as a header of your own instead.')]),
    ...(given.length > lengthMax
      ? [bad(`It is longer than ${lengthMax.toLocaleString('en')} characters.`)]
      : []),
  ]
}

const localName =
  /^(localhost|.*\.(?:localhost|local|internal|lan)|127\..*|10\..*|192\.168\..*|169\.254\..*|172\.(?:1[6-9]|2\d|3[01])\..*|0\.0\.0\.0|\[(?:::1|f[cd].*|fe80.*)\])$/i

function isNamedLikeLocal(hostname: string): boolean {
  return localName.test(hostname)
}

const good = (says: string): UrlCheck => ({ verdict: 'good', says })
const bad = (says: string): UrlCheck => ({ verdict: 'bad', says })
