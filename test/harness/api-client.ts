/** The customer's side of the HTTP API, as small as a test needs it. */
export interface ApiAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

export interface ApiClient {
  readonly url: string
  readonly call: (method: string, path: string, body?: unknown, contentType?: string) => Promise<ApiAnswer>
  /** Like `call`, but anything other than 2xx throws; returns the `data` member. */
  readonly data: <T>(method: string, path: string, body?: unknown) => Promise<T>
}

const usualType = (method: string): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'

export function apiClient(url: string, key: string): ApiClient {
  const call: ApiClient['call'] = async (method, path, body, contentType = usualType(method)) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    }
  }
  return {
    url,
    call,
    data: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await call(method, path, body)
      if (answer.status < 200 || answer.status > 299) {
        throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      }
      return answer.body['data'] as T
    },
  }
}
