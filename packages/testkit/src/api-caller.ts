/** Asks an API that listens on this machine, as the bearer of one token. */

export interface ApiAnswer<Body> {
  readonly status: number
  readonly headers: Headers
  /** As JSON; null when there is none. Its shape is the test's to know. */
  readonly body: Body
}

/** `path` begins behind `/api/v1`; a body goes as JSON, of PATCH as a merge patch unless `contentType` says otherwise. */
export type ApiCall<Body> = (
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<ApiAnswer<Body>>

export function apiCaller<Body>(port: number, token: string): ApiCall<Body> {
  return async (method, path, body, contentType) => {
    const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')
    const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
}
