/** What the API answered, or the CliError that its refusal means. */
import { CliError, type ExitCode, exitCodes } from './exit-codes.ts'
import { printable } from './printable.ts'

interface Answered<D> {
  readonly data?: D
  readonly error?: unknown
  readonly response: Response
}

interface Refusal {
  readonly error?: {
    readonly detail?: string
    readonly fields?: readonly { readonly field: string; readonly message: string }[]
  }
}

/** Throws CliError for errors of the API, and when it can not be reached. */
export async function answerOf<D>(asked: Promise<Answered<D>>): Promise<NonNullable<D>> {
  const { data, error, response } = await reached(asked)
  if (response.ok) return (data ?? {}) as NonNullable<D>
  throw refusalOf(response.status, error, retryAfterMsOf(response))
}

/** Passes CliErrors on; everything else that `fetch` throws means that there was no answer. */
export async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof CliError) throw error
    if (error instanceof SyntaxError)
      throw new CliError(exitCodes.failed, 'what answered is no Scanhook: is the URL right?')
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new CliError(exitCodes.unreachable, `the API can not be reached: ${printable(cause)}`, 0)
  }
}

/** 0 where it says nothing. */
export function retryAfterMsOf({ headers }: Pick<Response, 'headers'>): number {
  // It may be a date, which the API never sends: then it is as if it said nothing.
  return (Number(headers.get('retry-after') ?? 0) || 0) * 1_000
}

export function refusalOf(status: number, body: unknown, retryAfterMs = 0): CliError {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as Refusal
  const fields = (error?.fields ?? []).map(({ field, message }) => `${field} ${message}`).join('; ')
  const said = fields === '' ? (error?.detail ?? `the API answered ${status}`) : fields
  return new CliError(
    isUnderWay(status, retryAfterMs) ? exitCodes.unreachable : exitCodeOf(status),
    printable(said),
    mayGoWell(status, retryAfterMs) ? retryAfterMs : null,
  )
}

/** The same request, sent again, may be taken. */
export function mayGoWell(status: number, retryAfterMs: number): boolean {
  return status === 429 || status >= 500 || isUnderWay(status, retryAfterMs)
}

/** A conflict with a time to come again: the first try is under way (http/idempotency.ts). */
function isUnderWay(status: number, retryAfterMs: number): boolean {
  return status === 409 && retryAfterMs > 0
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.forbidden
  if (status === 404) return exitCodes.notFound
  if ([429, 502, 503, 504].includes(status)) return exitCodes.unreachable
  return status < 500 ? exitCodes.refused : exitCodes.failed
}
