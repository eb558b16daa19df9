/**
 * Settings as a table. A row says what a setting is called, what it accepts, its default, its unit and why the
 * default is what it is. `parseEnv` turns table + environment into typed values, or into the list of *all* problems.
 *
 * Pure: reads no environment itself; `packages/runtime` does, once.
 *
 * Invariants
 *   G1. Every wrong or missing setting is reported, not only the first.
 *   G2. No problem message contains the value of a secret setting.
 */
export interface Setting<T> {
  readonly description: string
  /** Raw text as it would stand in the environment; undefined means required. */
  readonly defaultRaw: string | undefined
  /** Where the default or the bound comes from. */
  readonly reason: string
  readonly isSecret: boolean
  /** Said in problems and in docs/reference/configuration.md, e.g. "integer 1–65535". */
  readonly rule: string
  /** The same rule for a value in a document (the chart's values) instead of a text; `rawOf` makes the text of it. */
  readonly schema: SettingSchema
  /** Returns undefined when the raw text breaks the rule. */
  readonly parse: (raw: string) => T | undefined
  /** Of a text with parts: what is wrong with each, as `part rule`. Asked only about what `parse` refused. */
  readonly explain?: ((raw: string) => readonly string[]) | undefined
}

/** A JSON Schema (2020-12) with a type. A list is an array of texts; what is JSON in the environment is an object. */
export interface SettingSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  readonly [keyword: string]: unknown
}

/** The text that a value which keeps to a setting's schema has in the environment. */
export function rawOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export type Settings = Readonly<Record<string, Setting<unknown>>>
export type Config<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}

export interface SettingProblem {
  readonly setting: string
  readonly message: string
}

export type ParsedEnv<S extends Settings> =
  | { readonly ok: true; readonly config: Config<S> }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] }

/** Parses every row of `settings` from `env`. Never throws. An empty variable counts as unset. */
export function parseEnv<S extends Settings>(
  settings: S,
  env: Readonly<Record<string, string | undefined>>,
): ParsedEnv<S> {
  const problems: SettingProblem[] = []
  const config: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const given = env[name]
    const raw = given === undefined || given === '' ? setting.defaultRaw : given
    if (raw === undefined) {
      problems.push({
        setting: name,
        message: `${name} is required: ${setting.description} (${setting.rule})`,
      })
      continue
    }
    const value = setting.parse(raw)
    if (value === undefined) {
      problems.push({ setting: name, message: refusal(name, setting, raw) })
      continue
    }
    config[name] = value
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: config as Config<S> }
}

/** One message for each setting: a reader looks for it by its name. */
function refusal(name: string, setting: Setting<unknown>, raw: string): string {
  const must = `${name} must be ${setting.rule}`
  if (setting.isSecret) return `${must}; got the given value (hidden)` // G2
  const parts = setting.explain?.(raw) ?? []
  return parts.length > 0 ? `${must}: ${parts.join('; ')}` : `${must}; got ${JSON.stringify(raw)}`
}

interface Row {
  readonly description: string
  readonly default?: string | undefined
  readonly reason?: string | undefined
  readonly isSecret?: boolean | undefined
}

interface Kind {
  readonly rule: string
  readonly schema: SettingSchema
}

function setting<T>(row: Row, { rule, schema }: Kind, parse: (raw: string) => T | undefined): Setting<T> {
  return {
    description: row.description,
    defaultRaw: row.default,
    reason: row.reason ?? '',
    isSecret: row.isSecret ?? false,
    rule,
    schema,
    parse,
  }
}

const textMax = 4096
/** A list whose entries only their own parser understands: a comma would part one. */
export const listSchema: SettingSchema = { type: 'array', items: { type: 'string', pattern: '^[^,\\s]+$' } }

/** Free text, 1–4096 characters. */
export function text(row: Row): Setting<string> {
  return setting(
    row,
    { rule: 'text of 1–4096 characters', schema: { type: 'string', minLength: 1, maxLength: textMax } },
    (raw) => (raw.length >= 1 && raw.length <= textMax ? raw : undefined),
  )
}

/** Text that may be absent: an unset variable gives the empty string. */
export function optionalText(row: Row): Setting<string> {
  return setting(
    { ...row, default: row.default ?? '' },
    { rule: 'text of at most 4096 characters', schema: { type: 'string', maxLength: textMax } },
    (raw) => (raw.length <= textMax ? raw : undefined),
  )
}

/** A whole number within bounds. */
export function integer(row: Row, min: number, max: number): Setting<number> {
  const schema: SettingSchema = { type: 'integer', minimum: min, maximum: max }
  return setting(row, { rule: `a whole number from ${min} to ${max}`, schema }, (raw) => {
    if (!/^-?\d{1,16}$/.test(raw)) return undefined
    const value = Number(raw)
    return value >= min && value <= max ? value : undefined
  })
}

/** A number, fractions allowed, within bounds. */
export function decimal(row: Row, min: number, max: number): Setting<number> {
  const schema: SettingSchema = { type: 'number', minimum: min, maximum: max }
  return setting(row, { rule: `a number from ${min} to ${max}`, schema }, (raw) => {
    if (!/^-?\d{1,12}(\.\d{1,9})?$/.test(raw)) return undefined
    const value = Number(raw)
    return value >= min && value <= max ? value : undefined
  })
}

/** `true` or `false`, nothing else. */
export function flag(row: Row): Setting<boolean> {
  return setting(row, { rule: 'true or false', schema: { type: 'boolean' } }, (raw) =>
    raw === 'true' ? true : raw === 'false' ? false : undefined,
  )
}

/** One of a closed list. */
export function oneOf<const T extends readonly string[]>(row: Row, values: T): Setting<T[number]> {
  const schema: SettingSchema = { type: 'string', enum: values }
  return setting(row, { rule: `one of ${values.join(', ')}`, schema }, (raw) =>
    values.find((value) => value === raw),
  )
}

/** Comma-separated, blanks around entries ignored, empty entries dropped. `check` names what each entry must be. */
export function list(
  row: Row,
  check?: { readonly rule: string; readonly matches: RegExp },
): Setting<readonly string[]> {
  return setting(
    row,
    {
      rule: check === undefined ? 'a comma-separated list' : `a comma-separated list of ${check.rule}`,
      schema:
        check === undefined
          ? listSchema
          : { type: 'array', items: { type: 'string', pattern: check.matches.source } },
    },
    (raw) => {
      const entries = raw
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '')
      return check === undefined || entries.every((entry) => check.matches.test(entry)) ? entries : undefined
    },
  )
}

/** `name=value`, comma-separated: names are tokens, blanks around both are ignored, and so is a name's case. */
export function pairs(row: Row): Setting<Readonly<Record<string, string>>> {
  const pair = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*([\x20-\x7e]*)$/
  const schema: SettingSchema = { type: 'string', maxLength: textMax }
  return setting(row, { rule: 'a comma-separated list of name=value', schema }, (raw) => {
    if (raw.length > textMax) return undefined
    const found: Record<string, string> = {}
    for (const entry of raw.split(',').map((each) => each.trim())) {
      if (entry === '') continue
      const [, name, value] = pair.exec(entry) ?? []
      if (name === undefined || value === undefined) return undefined
      found[name.toLowerCase()] = value
    }
    return found
  })
}

/** `host:port,host:port`. */
export function brokers(row: Row): Setting<readonly string[]> {
  const hostPort = /^[A-Za-z0-9.\-[\]:]+:\d{1,5}$/
  const items = { type: 'string', pattern: hostPort.source }
  const schema: SettingSchema = { type: 'array', minItems: 1, items }
  return setting(row, { rule: 'a comma-separated list of host:port', schema }, (raw) => {
    const entries = raw
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
    return entries.length > 0 && entries.every((entry) => hostPort.test(entry)) ? entries : undefined
  })
}

/** An address with one of the given schemes, e.g. `['http', 'https']`. */
export function address(row: Row, schemes: readonly string[]): Setting<string> {
  const pattern = new RegExp(`^(${schemes.join('|')})://[^\\s]+$`)
  const rule = `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`
  return setting(row, { rule, schema: { type: 'string', pattern: pattern.source } }, (raw) =>
    pattern.test(raw) ? raw : undefined,
  )
}

/** An address as above that may be absent: an unset variable gives the empty string. */
export function optionalAddress(row: Row, schemes: readonly string[]): Setting<string> {
  const { rule, schema, parse } = address(row, schemes)
  const orEmpty: SettingSchema = { ...schema, pattern: `^$|${String(schema['pattern'])}` }
  return setting(
    { ...row, default: row.default ?? '' },
    { rule: `${rule}, or empty`, schema: orEmpty },
    (raw) => (raw === '' ? '' : parse(raw)),
  )
}

/** A sender: an e-mail address, alone or in angle brackets behind a name. ASCII, and nothing that could end a header. */
export function mailbox(row: Row): Setting<string> {
  const pattern = /^(?:[A-Za-z0-9 ._-]{1,64} <[^\s<>@,;"]+@[A-Za-z0-9.-]+>|[^\s<>@,;"]+@[A-Za-z0-9.-]+)$/
  const schema: SettingSchema = { type: 'string', pattern: pattern.source, maxLength: 320 }
  return setting(row, { rule: 'an e-mail address, alone or as Name <address>', schema }, (raw) =>
    pattern.test(raw) && raw.length <= 320 ? raw : undefined,
  )
}

interface PartProblem {
  readonly field: string
  readonly message: string
}
type ParsedJson<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly PartProblem[] }

/** A JSON object that `parse` understands; every part that it refuses is reported by its name. `rule`: "a JSON object of …". */
export function json<T>(row: Row, rule: string, parse: (value: unknown) => ParsedJson<T>): Setting<T> {
  const parsed = (raw: string): ParsedJson<T> => {
    try {
      return parse(JSON.parse(raw))
    } catch {
      return { ok: false, problems: [] }
    }
  }
  return {
    ...setting(row, { rule, schema: { type: 'object' } }, (raw) => {
      const result = parsed(raw)
      return result.ok ? result.value : undefined
    }),
    explain: (raw) => {
      const result = parsed(raw)
      return result.ok
        ? []
        : result.problems.map(({ field, message }) => (field === '' ? message : `${field} ${message}`))
    },
  }
}
