/** The HTTP API as `bin/up` uses it: like any customer, with a key. */
export interface ApiClient {
  get(path: string): Promise<ApiAnswer>
  post(path: string, body: unknown): Promise<ApiAnswer>
  delete(path: string): Promise<ApiAnswer>
  /** Every row of a list, page after page. */
  list(path: string): Promise<readonly Row[]>
}

export type Row = Readonly<Record<string, unknown>>

export interface ApiAnswer {
  readonly status: number
  readonly data: Row
}

const pageSize = 200

/** Anything but 2xx is thrown, with what the API said; for `get` and `delete` 404 is an answer too. */
export function apiClient(baseUrl: string, apiKey: string): ApiClient {
  async function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    const json: unknown = text === '' ? {} : JSON.parse(text)
    const isAnswer = response.ok || (response.status === 404 && method !== 'POST')
    if (isAnswer) return { status: response.status, json }
    throw new Error(`${method} ${path}: ${response.status} ${problemIn(json)}`)
  }

  async function answer(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const { status, json } = await ask(method, path, body)
    return { status, data: rowOf(rowOf(json)['data']) }
  }

  return {
    get: (path) => answer('GET', path),
    post: (path, body) => answer('POST', path, body),
    delete: (path) => answer('DELETE', path),
    async list(path) {
      const rows: Row[] = []
      for (;;) {
        const { json } = await ask('GET', `${path}?limit=${pageSize}&offset=${rows.length}`)
        const { data, total_count: total } = rowOf(json)
        const page = Array.isArray(data) ? data.map(rowOf) : []
        rows.push(...page)
        if (page.length === 0 || rows.length >= Number(total)) return rows
      }
    },
  }
}

function rowOf(value: unknown): Row {
  return typeof value === 'object' && value !== null ? (value as Row) : {}
}

function problemIn(json: unknown): string {
  const error = rowOf(rowOf(json)['error'])
  const fields = Array.isArray(error['fields'])
    ? error['fields'].map((field) => JSON.stringify(field)).join(' ')
    : ''
  return `${String(error['detail'] ?? '')} ${fields}`.trim()
}
