/** The API as typed functions: paths, parameters, bodies and answers are those of the OpenAPI document. */
import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema.ts'

export interface ClientOptions {
  /** Where the API is, without `/api/v1`. */
  readonly url: string
  /** An API key, or an access token. Absent: the session of a browser, which sends its cookie by itself. */
  readonly key?: string | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default: the `fetch` of the platform. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

export type ScanhookClient = Client<paths>

/** Opens nothing: each call is one request. A repeated filter is given as an array. */
export function openClient({ url, key, headers, fetch }: ClientOptions): ScanhookClient {
  const client = createClient<paths>({
    baseUrl: url,
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
    // `?id=1&id=2`, never `?id=1,2`.
    querySerializer: { array: { style: 'form', explode: true } },
    ...(fetch === undefined ? {} : { fetch }),
  })
  client.use({
    onRequest: ({ request }) => {
      // The only form in which the API takes one.
      if (request.method === 'PATCH') request.headers.set('content-type', 'application/merge-patch+json')
      return request
    },
  })
  return client
}
