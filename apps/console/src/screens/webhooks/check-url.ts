/** What can be said of an endpoint's URL while it is being typed, in words. Whether it resolves and is public the API says when it is saved. Pure. */

export interface UrlCheck {
  readonly isGood: boolean
  readonly says: string
}

/** Longer ones are refused by the API. */
const lengthMax = 2_048

/** Empty for an empty text. Addresses of this machine's networks are for demonstrations; the API decides whether they are allowed. */
export function checkUrl(text: string): readonly UrlCheck[] {
  const given = text.trim()
  if (given === '') return []
  if (!URL.canParse(given)) return [bad('It is not a URL yet: https://, a host, a path.')]
  const url = new URL(given)
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

const good = (says: string): UrlCheck => ({ isGood: true, says })
const bad = (says: string): UrlCheck => ({ isGood: false, says })
