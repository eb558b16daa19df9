/**
 * Whether every value that fits one schema fits another, and where not, why. What a client sends must still be accepted:
 * old in new. What it is given must still be what it knows: new in old; there enumerations may grow and bounds may move,
 * as the document says of itself, and a field that it knows must not go. Knows the keywords that our documents use and refuses any other.
 * Pure.
 *
 * Invariants
 *   B1. A keyword that is not known is an error, never overlooked.
 *   B2. A schema fits itself.
 */
export type Json = Readonly<Record<string, unknown>>

/** Who says it: a client in a request, or we in an answer or a webhook. */
export type Direction = 'asked' | 'told'

export interface Documents {
  readonly old: Json
  readonly now: Json
}

export interface SchemaBreak {
  /** Path of members within the schema; `[]` for entries, `{}` for whatever key. */
  readonly at: string
  readonly rule: string
}

export interface Pair {
  readonly old: unknown
  readonly now: unknown
}

// Say nothing about values, or only what another keyword says again.
const silent = ['title', 'description', 'examples', 'readOnly', 'propertyNames', '$schema', '$id']
const spoken = [
  ...['$ref', 'anyOf', 'oneOf', 'type', 'enum', 'const', 'format', 'pattern', 'multipleOf', 'uniqueItems'],
  ...['minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minItems', 'maxItems', 'properties', 'required', 'additionalProperties', 'items', 'default'],
]
const known = new Set([...silent, ...spoken])

/** Throws an error with the code BREAKS_UNKNOWN_KEYWORD (B1) or BREAKS_NO_REF. */
export function schemaBreaks(
  documents: Documents,
  { old, now }: Pair,
  direction: Direction,
): readonly SchemaBreak[] {
  return unionBreaks({ documents, direction, underWay: new Set() }, { old, now }, '')
}

interface Context {
  readonly documents: Documents
  readonly direction: Direction
  /** Pairs of references that are being compared further up. */
  readonly underWay: ReadonlySet<string>
}

function unionBreaks(context: Context, { old, now }: Pair, at: string): readonly SchemaBreak[] {
  const pair = `${refOf(old)} ${refOf(now)}`
  if (context.underWay.has(pair)) return []
  const inside = pair === ' ' ? context : { ...context, underWay: new Set([...context.underWay, pair]) }
  const olds = branchesOf(context.documents.old, old)
  const nows = branchesOf(context.documents.now, now)
  const [subs, supers] = context.direction === 'asked' ? [olds, nows] : [nows, olds]
  const breaks = subs.flatMap((sub) => {
    const each = supers.map((sup) =>
      branchBreaks(
        inside,
        context.direction === 'asked' ? { old: sub, now: sup } : { old: sup, now: sub },
        at,
      ),
    )
    // The branch that was meant is the one with the fewest differences.
    return each.toSorted((one, other) => one.length - other.length)[0] ?? [{ at, rule: 'nothing is allowed' }]
  })
  return breaks.filter(({ at: where, rule }, index) => {
    return breaks.findIndex((one) => one.at === where && one.rule === rule) === index
  })
}

function refOf(schema: unknown): string {
  return typeof schema === 'object' && schema !== null && '$ref' in schema ? String(schema.$ref) : ''
}

/** Each with one type at most, and no reference. Null is a branch like any other. */
function branchesOf(document: Json, schema: unknown): readonly Json[] {
  // `true` and an empty schema allow everything.
  if (typeof schema !== 'object' || schema === null) return [{}]
  const given = schema as Json
  for (const key of Object.keys(given)) {
    if (!known.has(key)) throw new Error(`BREAKS_UNKNOWN_KEYWORD: ${key}`)
  }
  if (typeof given['$ref'] === 'string') return branchesOf(document, resolveRef(document, given['$ref']))
  const { anyOf, oneOf, ...rest } = given as {
    readonly anyOf?: readonly Json[]
    readonly oneOf?: readonly Json[]
  }
  const choices = anyOf ?? oneOf
  if (choices !== undefined) {
    return choices.flatMap((choice) => branchesOf(document, { ...rest, ...resolved(document, choice) }))
  }
  const { type } = given
  return Array.isArray(type) ? type.map((each) => ({ ...given, type: each })) : [given]
}

function resolved(document: Json, schema: Json): Json {
  return typeof schema['$ref'] === 'string' ? resolveRef(document, schema['$ref']) : schema
}

/** `#/components/schemas/Asset` within the document. */
export function resolveRef(document: Json, ref: string): Json {
  const found = ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, key) => {
      return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
    }, document)
  if (typeof found !== 'object' || found === null) throw new Error(`BREAKS_NO_REF: ${ref}`)
  return found as Json
}

interface Branches {
  readonly old: Json
  readonly now: Json
}

function branchBreaks(context: Context, pair: Branches, at: string): readonly SchemaBreak[] {
  const { old, now } = pair
  const kind = kindBreak(context, pair)
  // Of values of another kind nothing else is worth saying.
  if (kind !== null) return [{ at, rule: kind }]
  return [
    ...valueBreaks(context, pair).map((rule) => ({ at, rule })),
    ...(context.direction === 'asked' ? boundBreaks(pair).map((rule) => ({ at, rule })) : []),
    ...memberBreaks(context, pair, at),
    ...('items' in old || 'items' in now
      ? unionBreaks(context, { old: old['items'], now: now['items'] }, `${at}[]`)
      : []),
  ]
}

const typeOf = ({ type, enum: values, const: value }: Json): unknown => {
  if (type !== undefined) return type
  const [first] = Array.isArray(values) ? values : [value]
  if (first === undefined) return undefined
  return first === null ? 'null' : typeof first
}

function kindBreak({ direction }: Context, { old, now }: Branches): string | null {
  const [sub, sup] = direction === 'asked' ? [typeOf(old), typeOf(now)] : [typeOf(now), typeOf(old)]
  if (sup === undefined || sub === sup || (sub === 'integer' && sup === 'number')) return null
  return `type: ${String(typeOf(old) ?? 'any')} became ${String(typeOf(now) ?? 'any')}`
}

function valueBreaks({ direction }: Context, { old, now }: Branches): readonly string[] {
  const breaks: string[] = []
  const olds = valuesOf(old)
  const nows = valuesOf(now)
  if (direction === 'asked' && nows !== null) {
    const gone = olds?.filter((value) => !nows.includes(value)) ?? []
    if (olds === null) breaks.push('enum: only certain values are allowed now')
    else if (gone.length > 0) breaks.push(`enum: ${gone.map(String).join(', ')} is gone`)
  }
  // What names the kind of a thing is no enumeration that may grow.
  if (direction === 'told' && 'const' in old && old['const'] !== now['const'])
    breaks.push(`const: ${String(old['const'])} became ${String(now['const'])}`)
  const [sub, sup] = direction === 'asked' ? [old, now] : [now, old]
  if (sup['format'] !== undefined && sub['format'] !== sup['format'])
    breaks.push(`format: ${String(old['format'])} became ${String(now['format'])}`)
  if (
    direction === 'asked' &&
    'default' in old &&
    JSON.stringify(old['default']) !== JSON.stringify(now['default'])
  )
    breaks.push(`default: ${JSON.stringify(old['default'])} became ${JSON.stringify(now['default'])}`)
  return breaks
}

/** Null: not only certain ones. */
function valuesOf(schema: Json): readonly unknown[] | null {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : null
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const lower = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems']
const upper = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems']

function boundBreaks({ old, now }: Branches): readonly string[] {
  const changed = (key: string): string => `${key}: ${String(old[key] ?? 'none')} became ${String(now[key])}`
  const isTighter = (key: string, sign: 1 | -1): boolean =>
    now[key] !== undefined && (old[key] === undefined || sign * Number(now[key]) > sign * Number(old[key]))
  return [
    ...lower.filter((key) => isTighter(key, 1)),
    ...upper.filter((key) => isTighter(key, -1)),
    // Which of two patterns takes more, nobody can say here.
    ...['pattern', 'multipleOf', 'uniqueItems'].filter(
      (key) => now[key] !== undefined && now[key] !== old[key],
    ),
  ].map(changed)
}

function memberBreaks(context: Context, { old, now }: Branches, at: string): readonly SchemaBreak[] {
  const olds = membersOf(old)
  const nows = membersOf(now)
  const place = (name: string): string => (at === '' ? name : `${at}.${name}`)
  const isAsked = context.direction === 'asked'
  const common = Object.keys(olds).filter((name) => name in nows)
  const gone = Object.keys(olds).filter((name) => !(name in nows))
  const [must, had] = isAsked ? [listOf(now['required']), old] : [listOf(old['required']), now]
  const missing = must.map(String).filter((name) => !listOf(had['required']).includes(name))
  // What is sent and not listened to any more hurts where it is refused.
  const lost = !isAsked || now['additionalProperties'] === false ? gone : []
  return [
    ...lost.map((name) => ({ at: place(name), rule: 'field: is gone' })),
    ...missing
      .filter((name) => !gone.includes(name))
      .map((name) => ({
        at: place(name),
        rule: isAsked ? 'required: must be sent now' : 'required: may be absent now',
      })),
    ...common.flatMap((name) => unionBreaks(context, { old: olds[name], now: nows[name] }, place(name))),
    ...(isAsked ? closedBreaks(old, now, at) : []),
    ...restBreaks(context, { old, now }, at),
  ]
}

function membersOf(schema: Json): Json {
  return (schema['properties'] ?? {}) as Json
}

function closedBreaks(old: Json, now: Json, at: string): readonly SchemaBreak[] {
  const isClosed = old['additionalProperties'] !== false && now['additionalProperties'] === false
  return isClosed ? [{ at, rule: 'additionalProperties: other keys are refused now' }] : []
}

/** What whatever key holds, where both say it. */
function restBreaks(context: Context, { old, now }: Branches, at: string): readonly SchemaBreak[] {
  const isSaid = (value: unknown): boolean => typeof value === 'object' && value !== null
  const pair = { old: old['additionalProperties'], now: now['additionalProperties'] }
  const [sub, sup] = context.direction === 'asked' ? [pair.old, pair.now] : [pair.now, pair.old]
  return sub !== false && isSaid(sup) ? unionBreaks(context, pair, `${at}{}`) : []
}
