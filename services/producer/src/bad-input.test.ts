/**
 * Every field of the two bodies that the front door takes, wrong in every way that its form knows and in some that none knows.
 * Made from the forms themselves: a field that is new is tried without a word here.
 *
 *   I1. What a form forbids is answered with 400, the field's path and a code that fits; in a batch with its index before it.
 *   I2. Nothing that is refused is handed on: no record is written of it.
 */
import { exampleData } from '@scanhook/catalogue/examples'
import { incomingEventForm, type JsonSchema, readForm } from '@scanhook/catalogue/upstream-forms'
import { validateBusinessEvent } from '@scanhook/catalogue/validate-business-event'
import { businessEventTypes } from '@scanhook/domain/event'
import type { Caller } from '@scanhook/http/authentication'
import type { HttpAnswer, HttpRequest, Route } from '@scanhook/http/route'
import { businessEventId } from '@scanhook/identity/derived-ids'
import { expect, test } from 'vitest'
import { eventFromJson } from './consume-events.ts'
import { readsFromJson } from './consume-reads.ts'
import { foundOf } from './found.ts'
import { ownFormat, readerSource } from './reader-source.ts'
import { intakeRoute } from './routes.ts'

const nowMs = Date.UTC(2026, 10, 20, 12)
/** Whatever reached the part that writes. */
const handedOn: unknown[] = []

const common = {
  scope: 'x',
  item: {},
  describes: { id: 'x', summary: '' },
  clock: { nowMs: () => nowMs, after: () => () => undefined },
  accept: async (values: readonly unknown[]) => {
    handedOn.push(...values)
    return values.map(() => 'accepted')
  },
} as const

const scans = intakeRoute<unknown>({
  ...common,
  path: '/api/v1/scans',
  sourceOf: (headers) => readerSource('scanhook', headers),
  fromJson: (json, frame) =>
    readsFromJson(
      { nowMs: () => nowMs, clockIgnored: () => undefined, heartbeat: (each) => void handedOn.push(each) },
      json,
      frame,
    ),
})
const events = intakeRoute<unknown>({
  ...common,
  path: '/api/v1/events',
  sourceOf: () => ({ ok: true, value: ownFormat }),
  fromJson: (json, frame) =>
    foundOf(
      eventFromJson(
        {
          subjectOf: ({ type, dataJson }) => validateBusinessEvent(type, JSON.parse(dataJson)),
          eventIdOf: businessEventId,
        },
        json,
        frame,
      ),
    ),
})

type Intake = Route<Caller, unknown, unknown, unknown>

function post(route: Intake, { body, text }: { body?: unknown; text?: string }): Promise<HttpAnswer> {
  const request: HttpRequest<Caller, unknown, unknown, unknown> = {
    caller: { orgId: 7, apiKeyId: 1, scopes: [] },
    params: {},
    query: {},
    body,
    bodyKind: text === undefined ? 'json' : 'ndjson',
    text: text ?? '',
    bytes: Buffer.alloc(0),
    requestId: 'R1',
    headers: {},
    signal: new AbortController().signal,
    isStillAllowed: async () => true,
  }
  return route.handle(request)
}

type Json = Readonly<Record<string, unknown>>

interface Case {
  readonly what: string
  readonly field: string
  /** Of one that tells the forms apart, told of the nearest form where it is missing. */
  readonly orField: string
  readonly body: Json
  readonly codes: readonly string[]
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member that may be null is looked at without that. */
function plain(schema: JsonSchema): JsonSchema {
  const branches = schema['anyOf'] as readonly JsonSchema[] | undefined
  const real = branches?.filter(({ type }) => type !== 'null')
  return real?.length === 1 && real[0] !== undefined ? plain(real[0]) : schema
}

function withMember(body: Json, [name = '', ...rest]: readonly string[], value: unknown): Json {
  if (rest.length > 0) {
    const inner = body[name]
    return { ...body, [name]: withMember(isObject(inner) ? inner : {}, rest, value) }
  }
  const { [name]: _, ...others } = body
  return value === undefined ? others : { ...others, [name]: value }
}

/** What is asked for instead where these are missing. */
const distinctive: Readonly<Record<string, string>> = { position: 'tag', heartbeat: 'tag' }

/** A whole body, each member of it wrong in turn; goes into objects. */
function casesOf(schema: JsonSchema, whole: Json, path: readonly string[] = []): readonly Case[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>)
  const cases: Case[] = []
  const add = (what: string, name: string, value: unknown, codes: readonly string[]): void => {
    const at = [...path, name]
    const orField = value === undefined || value === null ? (distinctive[name] ?? name) : name
    const body = withMember(whole, at, value)
    cases.push({ what, field: at.join('.'), orField: [...path, orField].join('.'), body, codes })
  }
  if (schema['additionalProperties'] === false)
    for (const name of ['surprise', '__proto__x', 'ıd', 'tag\u200b'])
      add(`a member ${JSON.stringify(name)}`, name, 1, ['unknown_field'])
  for (const name of (schema['required'] ?? []) as readonly string[]) {
    add('missing', name, undefined, ['required', 'invalid_value'])
    add('null', name, null, ['required', 'invalid_value'])
  }
  for (const [name, given] of properties) {
    const own = plain(given)
    for (const [what, value, codes] of wrongOf(own)) add(what, name, value, codes)
    const at = [...path, name]
    const inner = at.reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), whole)
    if (own['properties'] !== undefined && isObject(inner)) cases.push(...casesOf(own, whole, at))
  }
  return cases
}

type Wrong = readonly [what: string, value: unknown, codes: readonly string[]]

function wrongOf(schema: JsonSchema): readonly Wrong[] {
  const types = [schema['type'] ?? []].flat() as unknown as readonly string[]
  if (schema['const'] !== undefined || schema['enum'] !== undefined)
    return [
      ['none of them', 'no such', ['invalid_value']],
      ['a list', [schema['const']], ['invalid_value']],
    ]
  return [
    ...wrongTypes(types),
    ...wrongNumbers(schema),
    ...(types.join() === 'string' ? wrongTexts(schema) : []),
  ]
}

const ofEachType: Readonly<Record<string, unknown>> = {
  boolean: true,
  array: ['x'],
  object: { x: 1 },
  string: 'x',
  number: 7,
}

function wrongTypes(types: readonly string[]): readonly Wrong[] {
  if (types.length === 0) return []
  const taken = types.map((type) => (type === 'integer' ? 'number' : type))
  return Object.entries(ofEachType)
    .filter(([type]) => !taken.includes(type))
    .map(([type, value]) => [`a value of type ${type}`, value, ['invalid_value']])
}

function wrongNumbers({ type, minimum, maximum }: JsonSchema): readonly Wrong[] {
  const wrong: Wrong[] = []
  if (typeof minimum === 'number') wrong.push(['too small', minimum - 1, ['too_small', 'invalid_value']])
  // Above 2^53 there is no next whole number.
  if (typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER)
    wrong.push(['too large', maximum + 1, ['too_large', 'invalid_value']])
  if (type === 'integer') wrong.push(['a fraction', 1.5, ['invalid_value']])
  return wrong
}

const tricks: Readonly<Record<string, string>> = {
  'a NUL': 'a\u0000b',
  'an escape sequence': '\u001b[31mred',
  'a C1 control': 'a\u0085b',
  'half a surrogate pair': 'a\ud800b',
  'a noncharacter': 'a\uffffb',
  'blanks only': ' \t ',
}

/** Only where a pattern says that a text is more than any text. */
function wrongTexts(schema: JsonSchema): readonly Wrong[] {
  const { pattern, maxLength, minLength } = schema
  const codes = ['invalid_value', 'too_short', 'too_long']
  const wrong: Wrong[] = []
  if (typeof minLength === 'number' && minLength > 0) wrong.push(['empty', '', codes])
  if (typeof maxLength === 'number')
    wrong.push(['too long', 'x'.repeat(maxLength + 1), ['too_long', 'invalid_value']])
  for (const [what, text] of Object.entries(tricks))
    if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(text)) wrong.push([what, text, codes])
  return wrong
}

const wholeReads: readonly Json[] = [
  {
    id: 'r-1',
    device: 'dock-3',
    antenna_port: 1,
    tag: { type: 'rfid', value: 'E280' },
    reads: 2,
    rssi_dbm: -50,
  },
  { device: 'truck', position: { latitude: 50, longitude: 8, accuracy_m: 5 } },
  { device: 'dock-3', heartbeat: true },
]
const branchesOf = (form: JsonSchema) => form['anyOf'] as readonly JsonSchema[]

const bodies: readonly (readonly [string, Intake, JsonSchema, Json])[] = [
  ...branchesOf(readForm).map(
    (form, nth) => [`a read, form ${nth + 1}`, scans, form, wholeReads[nth] ?? {}] as const,
  ),
  ...businessEventTypes.map(
    (type, nth) =>
      [
        type,
        events,
        branchesOf(incomingEventForm)[nth] ?? {},
        { id: 'e-1', type, data: exampleData[type] },
      ] as const,
  ),
]

async function refusal(route: Intake, sent: Parameters<typeof post>[1]): Promise<Json> {
  try {
    return { answered: await post(route, sent) }
  } catch (error) {
    return error as Json
  }
}

test.each(bodies)('I1, I2: %s', async (_, route, form, whole) => {
  handedOn.length = 0
  await post(route, { body: whole })
  expect(handedOn).toHaveLength(1)
  handedOn.length = 0
  const cases = casesOf(form, whole)
  expect(cases.length).toBeGreaterThan(10)
  const found: unknown[] = []
  for (const each of cases) {
    const { what, field, orField, body, codes } = each
    for (const [form, sent, prefix] of [
      ['alone', { body }, ''],
      ['in a batch', { body: [body] }, '0.'],
      ['as a line', { text: `${JSON.stringify(body)}\n` }, '0.'],
    ] as const) {
      const { type, fields } = await refusal(route, sent)
      const problems = (fields ?? []) as readonly { field: string; code: string }[]
      const names = [`${prefix}${field}`, `${prefix}${orField}`]
      const fits = problems.some((one) => names.includes(one.field) && codes.includes(one.code))
      if (type !== 'validation_error' || !fits)
        found.push({
          what: `${field} ${what}, ${form}`,
          type,
          problems: problems.map((one) => `${one.field} ${one.code}`),
        })
    }
  }
  expect(found).toEqual([])
  expect(handedOn).toEqual([])
})

test.each([
  ['scans', scans],
  ['events', events],
])('I1, I2: what is no item at all: %s', async (_, route) => {
  handedOn.length = 0
  for (const body of [null, 7, 'x', true, [null], [[]], [7], [[{}]], {}])
    expect(await refusal(route, { body }), JSON.stringify(body)).toMatchObject({ type: 'validation_error' })
  for (const text of ['{', 'null\n', '[]\n', '{}\n', '\u0000\n', '{"a":1}{"b":2}\n'])
    expect(await refusal(route, { text }), text).toMatchObject({ type: 'validation_error' })
  expect(handedOn).toEqual([])
})
