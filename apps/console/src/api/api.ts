/** The HTTP API with this browser's session. Answers come unwrapped; whatever else comes is thrown as an ApiProblem. */
import { openClient, type ScanhookClient } from '@scanhook/client/open-client'
import type { components } from '@scanhook/client/schema'

/** Names of the document: `Model<'Webhook'>`. */
export type Model<N extends keyof components['schemas']> = components['schemas'][N]

/** Beside the cookie; a page of another origin can not send it (packages/http/browser-session). */
export const consoleHeaders = { 'x-scanhook-console': '1' } as const

export const api: ScanhookClient = openClient({ url: window.location.origin, headers: consoleHeaders })

export interface FieldProblem {
  readonly field: string
  readonly code: string
  readonly message: string
}

export class ApiProblem extends Error {
  /** 0: no answer at all. */
  readonly status: number
  readonly fields: readonly FieldProblem[]
  readonly requestId: string | null
  readonly retryAfterS: number | null

  constructor(status: number, detail: string, rest: Partial<Omit<ApiProblem, keyof Error>> = {}) {
    super(detail)
    this.name = 'ApiProblem'
    this.status = status
    this.fields = rest.fields ?? []
    this.requestId = rest.requestId ?? null
    this.retryAfterS = rest.retryAfterS ?? null
  }
}

/** What openapi-fetch resolves to. */
interface Answered<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** The body of an answer that is no error. */
export async function bodyOf<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    throw cause instanceof ApiProblem ? cause : unreached()
  })
  if (response.ok) return data as T
  throw problemOf(response, error)
}

/** What is in the `data` of an answer. */
export async function dataOf<T>(asked: Promise<Answered<{ readonly data: T }>>): Promise<T> {
  return (await bodyOf(asked)).data
}

/** For the few addresses that are the console's own, beside `/api/v1`. Null: an answer without a body. */
export async function askConsole(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(path, {
    method,
    headers: { ...consoleHeaders, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw unreached()
  })
  const json: unknown = response.status === 204 ? null : await response.json().catch(() => null)
  if (response.ok) return json
  throw problemOf(response, json)
}

function unreached(): ApiProblem {
  return new ApiProblem(0, 'Scanhook did not answer. Check the connection of this computer, then try again.')
}

function problemOf(response: Response, body: unknown): ApiProblem {
  const { error } = (body ?? {}) as { error?: Partial<Model<'Error'>['error']> }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiProblem(response.status, error?.detail ?? `the answer was ${response.status}`, {
    fields: error?.fields ?? [],
    requestId: error?.request_id ?? null,
    retryAfterS: Number.isFinite(retryAfter) ? retryAfter : null,
  })
}
