/**
 * What can go wrong between us and PostgreSQL, told apart by what the caller can do about it. Messages never contain
 * the values of a statement: `detail` of a constraint violation holds them, so it is left out.
 *
 * Callers compare `code`, not classes.
 */
export const postgresErrorCodes = [
  'POSTGRES_UNAVAILABLE',
  'POSTGRES_TIMEOUT',
  'POSTGRES_CONTENDED',
  'POSTGRES_CONFLICT',
  'POSTGRES_REFERENCE',
  'POSTGRES_BAD_VALUE',
  'POSTGRES_MIGRATION',
  'POSTGRES_FAILED',
] as const
export type PostgresErrorCode = (typeof postgresErrorCodes)[number]

export class PostgresError extends Error {
  override readonly name = 'PostgresError'
  readonly code: PostgresErrorCode
  /** The same statement may succeed later. */
  readonly retriable: boolean
  /** Name of the violated constraint or unique index; null when there is none. */
  readonly constraint: string | null
  /** PostgreSQL's SQLSTATE; null when no server answered. */
  readonly sqlState: string | null

  constructor(
    code: PostgresErrorCode,
    message: string,
    options: {
      readonly cause?: unknown
      readonly constraint?: string | null
      readonly sqlState?: string | null
    } = {},
  ) {
    super(`${code}: ${message}`, { cause: options.cause })
    this.code = code
    this.retriable =
      code === 'POSTGRES_UNAVAILABLE' || code === 'POSTGRES_TIMEOUT' || code === 'POSTGRES_CONTENDED'
    this.constraint = options.constraint ?? null
    this.sqlState = options.sqlState ?? null
  }
}

/** True for an error of this package, of the given code when one is given. */
export function isPostgresError(error: unknown, code?: PostgresErrorCode): error is PostgresError {
  return error instanceof PostgresError && (code === undefined || error.code === code)
}

/** Wraps whatever the driver threw. An error that is wrapped already stays as it is. */
export function postgresErrorOf(thrown: unknown): PostgresError {
  if (thrown instanceof PostgresError) return thrown
  const { code, message, constraint } = factsOf(thrown)
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')
  const options = { cause: thrown, constraint, sqlState: isSqlState ? code : null }
  if (isSqlState) return new PostgresError(codeOfSqlState(code), message, options)
  if (isConnectionTrouble(code, message)) return new PostgresError('POSTGRES_UNAVAILABLE', message, options)
  if (message === 'Query read timeout') return new PostgresError('POSTGRES_TIMEOUT', message, options)
  return new PostgresError('POSTGRES_FAILED', message, options)
}

interface Facts {
  readonly code: string
  readonly message: string
  readonly constraint: string | null
}

function factsOf(thrown: unknown): Facts {
  if (!(thrown instanceof Error)) return { code: '', message: 'not an Error was thrown', constraint: null }
  // A host with several addresses that all refuse gives an AggregateError with an empty message.
  const inner = thrown instanceof AggregateError ? thrown.errors[0] : undefined
  const source: Error = inner instanceof Error ? inner : thrown
  return {
    code: 'code' in source && typeof source.code === 'string' ? source.code : '',
    message: source.message,
    constraint: 'constraint' in source && typeof source.constraint === 'string' ? source.constraint : null,
  }
}

/** SQLSTATE classes and codes: PostgreSQL manual, appendix A. */
function codeOfSqlState(sqlState: string): PostgresErrorCode {
  switch (sqlState) {
    case '57014': // query_canceled: statement_timeout
    case '55P03': // lock_not_available: lock_timeout
    case '25P03': // idle_in_transaction_session_timeout
      return 'POSTGRES_TIMEOUT'
    case '40001':
    case '40P01':
      return 'POSTGRES_CONTENDED'
    case '23505':
      return 'POSTGRES_CONFLICT'
    case '23503':
      return 'POSTGRES_REFERENCE'
    case '55000': // object_not_in_prerequisite_state: the database accepts no connections for now
    case '25006': // read_only_sql_transaction: we are still on the replica of a failover
      return 'POSTGRES_UNAVAILABLE'
    default:
      return codeOfSqlStateClass(sqlState.slice(0, 2))
  }
}

function codeOfSqlStateClass(sqlStateClass: string): PostgresErrorCode {
  if (['08', '53', '57', '58'].includes(sqlStateClass)) return 'POSTGRES_UNAVAILABLE'
  if (['22', '23'].includes(sqlStateClass)) return 'POSTGRES_BAD_VALUE'
  return 'POSTGRES_FAILED'
}

function isConnectionTrouble(code: string, message: string): boolean {
  return (
    /^E(CONN|HOST|NET|TIMEDOUT|PIPE|AI_AGAIN|NOTFOUND|ADDR)/.test(code) ||
    code === 'ENOTFOUND' ||
    // `timeout expired` is what pg's client says of its own connect timeout, `timeout exceeded …` what its pool says (pg 8).
    /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|The server does not support SSL)/.test(
      message,
    )
  )
}
