/**
 * Every field of every JSON body, and of the one form, wrong in every way that its schema knows and in some that none
 * knows, over HTTP on a real PostgreSQL. Made from the routes' own schemas: a field that is new is tried without a word here.
 *
 *   W1. What a schema forbids is answered with 400, the error body, the field's path and a code that fits.
 *   W2. Nothing that is refused has written anything.
 *   W3. No text that a schema allows ends as our own error, and what is taken is answered as it was sent.
 *   W4. Every answer of every operation, refusals and streams among them, says that its content type is not to be guessed.
 */

import { randomUUID } from 'node:crypto'
import { parseEnv } from '@scanhook/config/settings'
import { scopes } from '@scanhook/domain/scope'
import { openFilterJudge } from '@scanhook/filters/filter-judge'
import { fieldCodes } from '@scanhook/http/api-error'
import { strict } from '@scanhook/http/compile-route'
import type { AnyRoute } from '@scanhook/http/route'
import { type JsonSchema, jsonSchemaOf } from '@scanhook/http/wire-form'
import { batchId } from '@scanhook/identity/derived-ids'
import { newUuid } from '@scanhook/identity/new-ids'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assetLocations } from '@scanhook/postgres/asset-locations'
import { assetScans } from '@scanhook/postgres/asset-scans'
import { assets } from '@scanhook/postgres/assets'
import { attemptFeed } from '@scanhook/postgres/attempt-feed'
import { attempts } from '@scanhook/postgres/attempts'
import { auditLog } from '@scanhook/postgres/audit-log'
import { deliveries } from '@scanhook/postgres/deliveries'
import { endpointActivities } from '@scanhook/postgres/endpoint-activity'
import { endpointStatistics } from '@scanhook/postgres/endpoint-statistics'
import { endpointVersions } from '@scanhook/postgres/endpoint-versions'
import { endpoints } from '@scanhook/postgres/endpoints'
import { eventFeed } from '@scanhook/postgres/event-feed'
import { events } from '@scanhook/postgres/events'
import { jobPages } from '@scanhook/postgres/job-pages'
import { jobs } from '@scanhook/postgres/jobs'
import { locationCounts } from '@scanhook/postgres/location-counts'
import { locations } from '@scanhook/postgres/locations'
import { movementSettings } from '@scanhook/postgres/movement-settings'
import type { Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { portalLinks } from '@scanhook/postgres/portal-links'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { tags } from '@scanhook/postgres/tags'
import { tokenChains } from '@scanhook/postgres/token-chains'
import { unknownTags } from '@scanhook/postgres/unknown-tags'
import { usage } from '@scanhook/postgres/usage'
import { systemClock } from '@scanhook/runtime/clock'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { checkTarget } from '@scanhook/webhook-client/check-target'
import { permittedHeaders } from '@scanhook/webhook-client/customer-headers'
import { targetPolicy, webhookTargetSettings } from '@scanhook/webhook-client/settings'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { quietOperator } from './operator/operator-rig.ts'
import { addRoutes, type RoutePorts } from './routes.ts'

let it: ApiOverPostgres
let url: string
let session: Session
const routes: AnyRoute[] = []
const ids: Record<string, unknown> = { name: 'reader' }

beforeAll(async () => {
  it = await openApiOverPostgres({ name: 'bad-input', postgresUrl: process.env['POSTGRES_URL'], scopes })
  const { api } = it
  addRoutes(
    {
      ...api,
      route: (route) => {
        routes.push(route as unknown as AnyRoute)
        api.route(route)
      },
      publicRoute: (route) => {
        routes.push({ ...route, isPublic: true, scope: null } as unknown as AnyRoute)
        api.publicRoute(route)
      },
    },
    portsOver(it),
  )
  session = await it.pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  // What makes a link names its key, which the callers here have none of.
  const { key } = await apiKeys(it.pg).create(it.orgA, { name: 'a', scopes: [] })
  await session.query(`update api_keys set id = ${it.orgA} where id = ${key.id}`)
  url = (await it.listen()).url
  await furnish()
})
afterAll(async () => {
  await session?.close()
  await it?.close()
})

function portsOver({ pg }: ApiOverPostgres): RoutePorts {
  const parsed = parseEnv(webhookTargetSettings, { WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:9000' })
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message)
  const policy = targetPolicy(parsed.config)
  const store = endpoints(pg)
  const sending = {
    endpoints: store,
    deliveries: deliveries(pg),
    attempts: attempts(pg),
    events: events(pg),
    auditLog: auditLog(pg),
    send: async () => undefined,
    nowMs: Date.now,
  }
  const ports: Partial<RoutePorts> = {
    organizations: organizations(pg),
    apiKeys: apiKeys(pg),
    oauth: {
      keys: apiKeys(pg),
      chains: tokenChains(pg),
      tokens: { sign: async () => 'never' },
      clock: systemClock,
      log: silentLog,
    },
    assets: assets(pg),
    tags: tags(pg),
    locations: locations(pg),
    scanDevices: scanDevices(pg),
    scanPoints: scanPoints(pg),
    bulk: {
      rehearse: () => {
        throw new Error('nobody rehearses')
      },
    },
    settings: { store: movementSettings(pg), system: {} },
    portal: portalLinks(pg),
    auditLog: auditLog(pg),
    webhooks: {
      endpoints: store,
      auditLog: auditLog(pg),
      checkTarget: (given) => checkTarget(given, policy),
      newSecret,
      newSigningKey,
      seal: () => 'v1.k1.a.b.c',
      endpointMax: 10_000,
      testDelivery: () => {
        throw new Error('nobody asks for one')
      },
      send: async () => undefined,
    },
    webhookActivity: {
      ...{ activities: endpointActivities(pg), statistics: endpointStatistics(pg), nowMs: Date.now },
      states: { find: async () => null },
    },
    webhookStatistics: {
      ...{ endpoints: store, statistics: endpointStatistics(pg), nowMs: Date.now, scale: 1 },
    },
    trigger: {
      ...sending,
      triggerDelivery: () => ({ deliveryId: newUuid(), event: { eventId: newUuid() } }) as never,
    },
    listeners: {
      clock: systemClock,
      relay: {
        relay: {
          hasRoom: async () => true,
          list: async () => [{ webhookId: Number(ids['webhook_id']), isConnected: true }],
          exists: async () => true,
          follow: async function* () {},
          answer: async () => false,
          remove: async () => undefined,
          isStopped: () => false,
        },
        newUrl: () => ({ url: hookUrl, token: randomUUID() }),
      },
      webhooks: {
        endpoints: store,
        checkTarget: (given) => checkTarget(given, policy),
        newSecret,
        newSigningKey,
        seal: () => 'v1.k1.a.b.c',
        endpointMax: 10_000,
      },
    },
    jobs: { jobs: jobs(pg), endpoints: store, pages: jobPages(pg), nowMs: Date.now },
    checks: {
      ...sending,
      clock: systemClock,
      checkDelivery: () => {
        throw new Error('nobody asks for one')
      },
    },
    usage: { usage: usage(pg), nowMs: Date.now },
    operator: quietOperator({ isOperator: () => true }),
    log: {
      ...sending,
      clock: systemClock,
      scale: 1,
      versions: endpointVersions(pg),
      judgeFilter: openFilterJudge(),
      openSecret: (sealed) => sealed,
      sign: signHeaders,
      batchIdFor: batchId,
      permittedHeaders,
    },
    filterPreview: { pages: jobPages(pg), nowMs: Date.now, monotonicMs: systemClock.monotonicMs },
    assetLocations: assetLocations(pg),
    locationCounts: { counts: locationCounts(pg), nowMs: Date.now },
    assetScans: assetScans(pg),
    unknownTags: unknownTags(pg),
    feed: {
      feed: eventFeed(pg),
      signals: { stop: async () => undefined } as unknown as RoutePorts['feed']['signals'],
      clock: systemClock,
    },
    live: {
      attemptFeed: attemptFeed(pg),
      signals: { stop: async () => undefined } as unknown as RoutePorts['feed']['signals'],
      clock: systemClock,
    },
    docs: { files: new Map(), policy: '', schemas: new Map() } as unknown as RoutePorts['docs'],
    console: { files: new Map() } as unknown as RoutePorts['console'],
  }
  return ports as RoutePorts
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>>
    readonly error?: Readonly<Record<string, unknown>> & {
      readonly fields: readonly { readonly field: string; readonly code: string }[]
    }
  }
}

async function ask(method: string, path: string, text: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: 'Bearer a',
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    },
    ...(method === 'GET' ? {} : { body: text }),
  })
  const answer = await response.text()
  return { status: response.status, body: answer === '' ? {} : JSON.parse(answer) }
}

/** One of each that paths name. */
async function furnish(): Promise<void> {
  const make = async (path: string, body: object): Promise<unknown> => {
    const { status, body: answer } = await ask('POST', `/api/v1${path}`, JSON.stringify(body))
    expect([path, status, answer.error]).toEqual([path, 201, undefined])
    return answer.data?.['id']
  }
  ids['asset_id'] = await make('/assets', { name: 'Forklift' })
  ids['tag_id'] = await make(`/assets/${ids['asset_id']}/tags`, { tag_type: 'rfid', value: 'E280AA01' })
  ids['location_id'] = await make('/locations', { name: 'Dock' })
  ids['scan_device_id'] = await make('/scan-devices', {
    external_key: 'dock-1',
    name: 'Dock',
    type: 'fixed_reader',
  })
  ids['scan_point_id'] = await make('/scan-points', {
    scan_device_id: ids['scan_device_id'],
    antenna_port: 1,
  })
  ids['webhook_id'] = await make('/webhooks', { url: hookUrl })
}

const hookUrl = 'http://127.0.0.1:9000/hook'
const since = new Date(Date.now() - 3_600_000).toISOString()

/** What a body needs beside the field in question, so that also what is judged after parsing is judged. */
const bases: Readonly<Record<string, object>> = {
  createApiKey: { name: 'key', scopes: ['assets:read'] },
  createToken: { grant_type: 'client_credentials', client_id: '1', client_secret: 'x' },
  createAsset: { name: 'asset' },
  renameAsset: { external_key: 'RENAMED' },
  createTag: { tag_type: 'rfid', value: 'E280FF' },
  createLocation: { name: 'location' },
  renameLocation: { external_key: 'RENAMED' },
  createScanDevice: { external_key: 'device-2', name: 'device', type: 'fixed_reader' },
  createScanPoint: { scan_device_external_key: 'dock-1', antenna_port: 2 },
  createWebhook: { url: hookUrl },
  triggerWebhook: { event_type: 'asset.moved' },
  answerListener: { answers: [{ request_id: '6f2c3f6e-0c4d-4a59-9a0e-1f3f2d4c5b69', status: 200 }] },
  recoverWebhook: { since },
  createJob: { kind: 'all', since },
  previewFilter: { event_types: ['asset.moved'], filter: null },
  checkUrl: { url: 'https://receiver.example/hook' },
}

interface Case {
  readonly what: string
  /** Dotted, as the answer names it. */
  readonly field: string
  readonly text: string
  /** Any of these fits; null: the schema allows it. */
  readonly codes: readonly string[] | null
  /** The member that holds it and what was sent in it, where it is a text of the top level. */
  readonly sent: { readonly name: string; readonly value: string } | null
}

type Path = readonly string[]
type Wrong = readonly [what: string, value: unknown, codes: readonly string[] | null]

/** Nested no deeper than bodies are: a subscription's field is at three. */
const depthMax = 5

function casesOf(own: object, root: JsonSchema): readonly Case[] {
  const definitions = (root['$defs'] ?? {}) as Readonly<Record<string, JsonSchema>>
  const resolve = (schema: JsonSchema): JsonSchema => {
    const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined
    return name === undefined ? schema : resolve(definitions[name] ?? {})
  }
  const branchesOf = (schema: JsonSchema): readonly JsonSchema[] => {
    const resolved = resolve(schema)
    const branches = (resolved['anyOf'] ?? resolved['oneOf']) as readonly JsonSchema[] | undefined
    return branches === undefined ? [resolved] : branches.flatMap(branchesOf)
  }
  const cases: Case[] = []
  const add = (base: object, path: Path, [what, value, codes]: Wrong): void => {
    const [name = ''] = path
    cases.push({
      what,
      field: path.join('.'),
      text: JSON.stringify(put(base, path, value)),
      codes,
      sent: path.length === 1 && typeof value === 'string' ? { name, value } : null,
    })
  }
  const walk = (base: object, path: Path, given: JsonSchema): void => {
    const branches = branchesOf(given)
    if (path.length > depthMax || branches.some(isAnything)) return
    if (path.length > 0) {
      for (const wrong of wrongValues(branches)) add(base, path, wrong)
      const twice = givenTwice(base, path)
      if (twice !== null) cases.push(twice)
    }
    for (const branch of branches) walkInto(base, path, branch)
  }
  const walkInto = (base: object, path: Path, branch: JsonSchema): void => {
    if (branch['items'] !== undefined) walk(base, [...path, '0'], branch['items'] as JsonSchema)
    const properties = branch['properties'] as Readonly<Record<string, JsonSchema>> | undefined
    if (properties === undefined) return
    const around = (name: string): object => {
      const whole = wholeWith(name, properties['type'])
      return whole === null ? base : (put(base, path, whole) as object)
    }
    for (const [name, property] of Object.entries(properties))
      if (property['readOnly'] !== true) walk(around(name), [...path, name], property)
    if (branch['additionalProperties'] === false)
      add(around('type'), [...path, 'no_such_field'], ['an unknown one', 1, ['unknown_field']])
  }
  walk(own, [], root)
  return cases
}

/** Null for an entry of a list. */
function givenTwice(base: object, path: Path): Case | null {
  const name = path.at(-1) ?? ''
  if (/^\d+$/.test(name)) return null
  const other = `${name}\u00a7`
  const both = path.length === 1 ? { ...base, [name]: null, [other]: null } : { [name]: null, [other]: null }
  const text = JSON.stringify(put(base, path.slice(0, -1), both)).replace(other, name)
  return { what: 'given twice', field: path.join('.'), text, codes: ['ambiguous_fields'], sent: null }
}

/** Of objects that are of one kind or another: what each kind has, by its `type`. */
const wholes: Readonly<Record<string, object>> = {
  circle: { type: 'circle', latitude: 47, longitude: 8, radius_m: 100 },
  polygon: {
    type: 'polygon',
    points: [
      [47, 8],
      [47.1, 8],
      [47, 8.1],
    ],
  },
}

function wholeWith(name: string, type: JsonSchema | undefined): object | null {
  const kinds = [type?.['const'] ?? type?.['enum'] ?? []].flat()
  return kinds.map((kind) => wholes[`${kind}`]).find((whole) => whole !== undefined && name in whole) ?? null
}

/** `value` at `path` in a copy of `base`; where a number stands in the path, in a list. */
function put(base: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value
  if (/^\d+$/.test(name))
    return Array.isArray(base) && base.length > 0
      ? base.with(Number(name), put(base[Number(name)], rest, value))
      : [put(undefined, rest, value)]
  const object = typeof base === 'object' && base !== null && !Array.isArray(base) ? base : {}
  return { ...object, [name]: put(object[name as keyof typeof object], rest, value) }
}

function isAnything(schema: JsonSchema): boolean {
  return ['type', 'enum', 'const', 'anyOf', 'properties'].every((word) => schema[word] === undefined)
}

function wrongValues(branches: readonly JsonSchema[]): readonly Wrong[] {
  const kinds = new Set(branches.flatMap(kindsOf))
  const samples: Readonly<Record<string, unknown>> = {
    string: 'no such',
    number: 7.25,
    boolean: true,
    array: [],
    object: {},
    null: null,
  }
  const wrong: Wrong[] = Object.entries(samples)
    .filter(([kind]) => !kinds.has(kind))
    // In a merge patch null is nothing: what is taken away is missing then.
    .map(([kind, value]) => [`a ${kind}`, value, ['invalid_value', ...(value === null ? ['required'] : [])]])
  for (const branch of branches) wrong.push(...wrongOf(branch))
  return wrong
}

function kindsOf(schema: JsonSchema): readonly string[] {
  const values = (schema['enum'] ?? ('const' in schema ? [schema['const']] : undefined)) as
    | readonly unknown[]
    | undefined
  if (values !== undefined) return values.map((each) => (each === null ? 'null' : typeof each))
  const types = [schema['type']].flat() as readonly string[]
  return types.map((type) => (type === 'integer' ? 'number' : type))
}

function wrongOf(schema: JsonSchema): readonly Wrong[] {
  const wrong: Wrong[] = []
  const numberOf = (name: string) => schema[name] as number | undefined
  if (schema['enum'] !== undefined) {
    if (kindsOf(schema).includes('string')) wrong.push(['none of the enum', 'no such', ['invalid_value']])
  } else if (kindsOf(schema).includes('string')) {
    wrong.push(...wrongTexts(schema))
  }
  const [minimum, maximum] = [numberOf('minimum'), numberOf('maximum')]
  if (minimum !== undefined) wrong.push(['too small', minimum - 1, ['too_small', 'invalid_value']])
  if (maximum !== undefined) wrong.push(['too large', maximum + 1, ['too_large', 'invalid_value']])
  if (schema['type'] === 'integer')
    wrong.push(['a fraction', (minimum ?? 0) + 0.5, ['invalid_value', 'too_small']])
  const [minItems = 0, maxItems] = [numberOf('minItems'), numberOf('maxItems')]
  if (minItems > 0) wrong.push(['too few', [], ['too_short', 'invalid_value']])
  if (maxItems !== undefined)
    wrong.push(['too many', Array(maxItems + 1).fill('x'), ['too_long', 'invalid_value']])
  return wrong
}

/** What texts are tried with besides: what a store, a log, a terminal or a reader may stumble over. */
const tricks: Readonly<Record<string, string>> = {
  'a NUL': 'a\u0000b',
  'a control character': 'a\u0007b',
  'an escape sequence': '\u001b[31mred',
  'a C1 control': 'a\u0085b',
  'a right-to-left override': 'user\u202egnp.exe',
  'zero width': '\u200b',
  'a zero width joiner in between': 'a\u200db',
  'a byte order mark': '\ufeffa',
  'combining marks': `e${'\u0301'.repeat(60)}`,
  'an emoji of many': '\u{1f469}\u200d\u{1f680}',
  'line separators': 'a\u2028b\u2029c',
  'a noncharacter': 'a\uffffb',
  'blanks only': ' \t ',
  markup: '<script>alert(1)</script>',
  'a quote': `'; drop table endpoints; --`,
}

function wrongTexts(schema: JsonSchema): readonly Wrong[] {
  const wrong: Wrong[] = [['half a surrogate pair', 'a\ud800b', ['invalid_value']]]
  const maxLength = schema['maxLength'] as number | undefined
  if (((schema['minLength'] as number | undefined) ?? 0) > 0)
    wrong.push(['empty', '', ['too_short', 'invalid_value']])
  if (maxLength !== undefined) {
    wrong.push(['too long', 'x'.repeat(maxLength + 1), ['too_long']])
    wrong.push([
      'too long by combining marks',
      `e${'\u0301'.repeat(maxLength)}`,
      ['too_long', 'invalid_value'],
    ])
  }
  if (schema['format'] === 'date-time')
    for (const text of ['2026-02-30T00:00:00Z', '2026-01-01', '10000000000000', '2026-01-01T00:00:00+99:00'])
      wrong.push([`the time ${text}`, text, ['invalid_value']])
  for (const [what, text] of Object.entries(tricks))
    wrong.push([what, text, isAllowed(schema, text) ? null : ['invalid_value', 'too_short', 'too_long']])
  return wrong
}

function isAllowed({ pattern, format, maxLength }: JsonSchema, text: string): boolean {
  if (format === 'date-time') return false
  if (typeof maxLength === 'number' && [...text].length > maxLength) return false
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text)
}

/** Of every table, everything that is in it. */
async function contents(): Promise<unknown> {
  const tables = await session.query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname = 'public' order by 1`)
  const all: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await session.query<{ digest: string }>(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t`,
    )
    all[name] = row?.digest ?? ''
  }
  return all
}

interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly cases: readonly Case[]
}

function operations(): readonly Operation[] {
  return routes.flatMap((route) => {
    const id = route.describes?.id ?? ''
    const kinds = [route.bodyKind ?? []].flat()
    if (route.body === undefined || (kinds.length > 0 && !kinds.includes('json'))) return []
    const path = route.path.replaceAll(/:([a-z_]+)/g, (_, name: string) => {
      // A job would have to be made to be changed; what it may be asked is judged before it is looked for.
      return String(ids[name] ?? '1234567')
    })
    return [
      {
        id,
        method: route.method,
        path,
        cases: casesOf(bases[id] ?? {}, jsonSchemaOf(strict(route.body), 'input')),
      },
    ]
  })
}

/** `id field: what` of those whose answer is not as it must be, with the answer. */
async function amiss(
  all: readonly Operation[],
  pick: (each: Case) => boolean,
  judge: (each: Case, answer: Answer) => boolean,
): Promise<{ readonly tried: number; readonly amiss: readonly string[] }> {
  const found: string[] = []
  let tried = 0
  for (const { id, method, path, cases } of all)
    for (const each of cases.filter(pick)) {
      tried++
      const answer = await ask(method, path, each.text)
      if (!judge(each, answer))
        found.push(
          `${id} ${each.field}: ${each.what} -> ${answer.status} ${JSON.stringify(answer.body.error?.fields ?? answer.body).slice(0, 200)}`,
        )
    }
  return { tried, amiss: found }
}

function isRefusal({ field, codes }: Case, { status, body: { error } }: Answer): boolean {
  if (status !== 400 || error === undefined) return false
  const { type, title, status: told, detail, instance, request_id: requestId, fields } = error
  const isWhole =
    type === 'validation_error' &&
    title === 'Validation failed' &&
    told === 400 &&
    [detail, instance, requestId].every((each) => typeof each === 'string' && each !== '')
  const known: readonly string[] = fieldCodes
  return (
    isWhole &&
    fields.every(({ code }) => known.includes(code)) &&
    fields.some((each) => each.field === field && (codes ?? []).includes(each.code))
  )
}

test('W1, W2: what a field’s schema forbids is refused with the field and a fitting code, and nothing is written', async () => {
  const all = operations()
  expect(all.length).toBeGreaterThan(20)
  const before = await contents()
  const { tried, amiss: wrong } = await amiss(all, ({ codes }) => codes !== null, isRefusal)
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(1_500)
  expect(await contents()).toEqual(before)
}, 180_000)

interface ReportedLine {
  readonly line?: number
  readonly status?: string
  readonly error?: { readonly type: string; readonly fields: readonly { field: string; code: string }[] }
}

/** Lines of one import at most are many more; so many fit into a body of it. */
const linesAtOnce = 500

test.each(['Asset', 'Location', 'ScanDevice', 'ScanPoint'])(
  'W1, W2: as a line of an import, what is wrong with a %s is told as of the single request, and nothing is written',
  async (kind) => {
    const create = operations().find(({ id }) => id === `create${kind}`)
    const cases = (create?.cases ?? []).filter(({ codes }) => codes !== null)
    expect(cases.length).toBeGreaterThan(30)
    const before = await contents()
    const found: string[] = []
    for (let from = 0; from < cases.length; from += linesAtOnce) {
      const part = cases.slice(from, from + linesAtOnce)
      const response = await fetch(`${url}${create?.path}/import`, {
        method: 'POST',
        headers: { authorization: 'Bearer a', 'content-type': 'application/x-ndjson' },
        body: part.map(({ text }) => text).join('\n'),
      })
      expect(response.status).toBe(200)
      const report = (await response.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as ReportedLine)
      for (const [index, { field, what, codes }] of part.entries()) {
        const told = report.find(({ line }) => line === index + 1)
        const fits = told?.error?.fields.some(
          (each) => each.field === field && (codes ?? []).includes(each.code),
        )
        if (told?.status !== 'failed' || fits !== true)
          found.push(`${field}: ${what} -> ${JSON.stringify(told).slice(0, 250)}`)
      }
    }
    expect(found).toEqual([])
    expect(await contents()).toEqual(before)
  },
  60_000,
)

test('W3: a text that the schema allows is taken and answered as it was sent, or refused with a field; never our own error', async () => {
  const { tried, amiss: wrong } = await amiss(
    operations(),
    ({ codes }) => codes === null,
    ({ sent }, { status, body: { data, error } }) => {
      if (status >= 400 && status < 500)
        return error !== undefined && (status !== 400 || error.fields.length > 0)
      if (status >= 500) return false
      const answered = sent === null ? undefined : data?.[sent.name]
      return sent === null || answered === undefined || answered === sent.value
    },
  )
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(100)
}, 180_000)

test('W1, W2: what no schema speaks of, inside free objects and numbers, is refused as well', async () => {
  const before = await contents()
  const free: readonly (readonly [method: string, path: string, text: string, field: string])[] = [
    ['POST', '/api/v1/assets', '{"name":"a","metadata":{"k":{"l":"\\udc00"}}}', 'metadata.k.l'],
    ['POST', '/api/v1/assets', '{"name":"a","metadata":{"k":{"l":1,"l":1}}}', 'metadata.k.l'],
    ['POST', '/api/v1/webhooks', `{"url":"${hookUrl}","headers":{"X-A":"a\\u0000b"}}`, 'headers.X-A'],
    ['POST', '/api/v1/webhooks', `{"url":"${hookUrl}","headers":{"X-A\\r\\nX-B":"a"}}`, 'headers.X-A\r\nX-B'],
    [
      'POST',
      '/api/v1/webhooks',
      `{"url":"${hookUrl}","rate_limit_per_second":1e400}`,
      'rate_limit_per_second',
    ],
    ['POST', '/api/v1/webhooks', `{"url":"${hookUrl}","__proto__":{"enabled":false}}`, '__proto__'],
  ]
  for (const [method, path, text, field] of free) {
    const { status, body } = await ask(method, path, text)
    expect.soft([text, status, body.error?.fields.map((each) => each.field)]).toEqual([text, 400, [field]])
  }
  expect(await contents()).toEqual(before)
})

test('W3: a free object is kept as it was sent, whatever texts are in it', async () => {
  const metadata = { ...tricks, 'a\u0000b': ['\u0000', { __proto: '\u{1f469}' }] }
  const { status, body } = await ask('POST', '/api/v1/assets', JSON.stringify({ name: 'a', metadata }))
  expect([status, body.data?.['metadata']]).toEqual([201, metadata])
  const answer = await ask('GET', `/api/v1/assets/${body.data?.['id']}`, '')
  expect(answer.body.data?.['metadata']).toEqual(metadata)
})

/** Of each grant, what is asked with credentials that nobody has: right in form, so that every other cause shows. */
const grants: readonly Readonly<Record<string, string>>[] = [
  { grant_type: 'client_credentials', client_id: '1', client_secret: 'x' },
  { grant_type: 'refresh_token', refresh_token: `rt_${'A'.repeat(43)}_${'A'.repeat(43)}` },
  { grant_type: 'refresh_token', refresh_token: 'rt_x', client_id: '1', client_secret: 'x' },
]

interface FormCase {
  readonly what: string
  readonly text: string | Buffer
  /** The fields and their codes; or that the request is none; or that the credentials are nobody's. */
  readonly expected: readonly (readonly [field: string, code: string])[] | 'bad_request' | 401
}

const formOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()

/** What a form of `whole` can be wrong in, by what `schema` says of its fields. */
function formCases(whole: Readonly<Record<string, string>>, schema: JsonSchema): readonly FormCase[] {
  const cases: FormCase[] = [{ what: 'right', text: formOf(whole), expected: 401 }]
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>
  for (const [name, own] of Object.entries(properties)) {
    const isText = own['enum'] === undefined
    cases.push(...misspelt(whole, name), ...wrongLengths(whole, name, isText))
    if (name in whole) cases.push(...wrongOnce(whole, name), ...trickyValues(whole, name, isText))
  }
  for (const name of ['scope', '__proto__', 'constructor', 'Grant_Type', 'grant_type\u200b', ''])
    cases.push({
      what: `an unknown ${JSON.stringify(name)}`,
      text: formOf(Object.fromEntries([...Object.entries(whole), [name, 'x']])),
      expected: [[name, 'unknown_field']],
    })
  return cases
}

/** No field of a form is a list or an object, whatever some languages read into its name. */
function misspelt(whole: Readonly<Record<string, string>>, name: string): readonly FormCase[] {
  return [`${name}[]`, `${name}[a]`, `${name} `].map((other) => ({
    what: other,
    text: formOf({ ...whole, [other]: 'x' }),
    expected: [[other, 'unknown_field']],
  }))
}

function wrongLengths(
  whole: Readonly<Record<string, string>>,
  name: string,
  isText: boolean,
): readonly FormCase[] {
  const wrong = (what: string, value: string, code: string): FormCase => ({
    what: `${name}: ${what}`,
    text: formOf({ ...whole, [name]: value }),
    expected: [[name, isText ? code : 'invalid_value']],
  })
  return [wrong('empty', '', 'too_short'), wrong('too long', 'x'.repeat(513), 'too_long')]
}

function wrongOnce(whole: Readonly<Record<string, string>>, name: string): readonly FormCase[] {
  const { [name]: given = '', ...rest } = whole
  const text = formOf(whole)
  return [
    { what: `${name}: missing`, text: formOf(rest), expected: [[name, 'required']] },
    { what: `${name}: twice`, text: `${text}&${name}=y`, expected: 'bad_request' },
    {
      what: `${name}: twice the same`,
      text: `${text}&${formOf({ [name]: given })}`,
      expected: 'bad_request',
    },
    {
      what: `${name}: no UTF-8`,
      text: Buffer.concat([Buffer.from(`${formOf(rest)}&${name}=`), Buffer.from([0xff])]),
      expected: 'bad_request',
    },
  ]
}

function trickyValues(
  whole: Readonly<Record<string, string>>,
  name: string,
  isText: boolean,
): readonly FormCase[] {
  const { [name]: _, ...rest } = whole
  // Half of a character and a byte that none begins with, escaped: a form's reader makes U+FFFD of them.
  const escaped = ['%ED%A0%80', '%FF', '%', '%zz'].map((value) => [value, value] as const)
  const encoded = Object.entries(tricks).map(([what, value]) => [what, encodeURIComponent(value)] as const)
  return [...encoded, ...escaped].map(([what, value]) => ({
    what: `${name}: ${what}`,
    text: `${formOf(rest)}&${name}=${value}`,
    expected: isText ? 401 : [[name, 'invalid_value']],
  }))
}

test.each(grants.map((whole) => [Object.keys(whole).join(' + '), whole] as const))(
  'W1, W2, W3: a form for a token, %s: what is wrong is refused as everywhere, credentials of nobody are the one 401, and no token is written',
  async (_, whole) => {
    const route = routes.find(({ describes }) => describes?.id === 'createToken')
    const cases = formCases(whole, jsonSchemaOf(strict(route?.body ?? z.object({})), 'input'))
    expect(cases.length).toBeGreaterThan(60)
    const before = await contents()
    const found: string[] = []
    for (const { what, text, expected } of cases) {
      const response = await fetch(`${url}/api/v1/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: text,
      })
      const { error } = (await response.json()) as Answer['body']
      const fields = error?.fields.map(({ field, code }) => [field, code]) ?? []
      const type =
        expected === 401 ? 'unauthorized' : expected === 'bad_request' ? expected : 'validation_error'
      const isFitting =
        response.status === (expected === 401 ? 401 : 400) &&
        error?.['type'] === type &&
        error['status'] === response.status &&
        (typeof expected !== 'object' ||
          expected.every(([field, code]) => fields.some((each) => each[0] === field && each[1] === code)))
      if (!isFitting) found.push(`${what} -> ${response.status} ${error?.['type']} ${JSON.stringify(fields)}`)
    }
    expect(found).toEqual([])
    expect(await contents()).toEqual(before)
  },
  60_000,
)

test('W1: no parameter of a query ends as our own error, and one that is unknown is refused', async () => {
  const values = [
    ...Object.values(tricks),
    'x'.repeat(5_000),
    '-1',
    '9007199254740993',
    '1e400',
    'null',
    '2026-02-30T00:00:00Z',
  ]
  const wrong: string[] = []
  let tried = 0
  for (const route of routes.filter(
    ({ method, path, describes }) =>
      method === 'GET' && !pages.has(path) && !endless.has(describes?.id ?? ''),
  )) {
    const path = route.path.replaceAll(/:([a-z_]+)/g, (_, name: string) => String(ids[name] ?? '1234567'))
    const properties =
      route.query === undefined ? {} : jsonSchemaOf(strict(route.query), 'input')['properties']
    for (const name of [...Object.keys(properties ?? {}), 'no_such_parameter'])
      for (const value of [...values.map(encodeURIComponent), '%ED%A0%80', '%00']) {
        tried++
        const { status } = await ask('GET', `${path}?${name}=${value}`, '')
        if (status >= 500 || (name === 'no_such_parameter' && status !== 400))
          wrong.push(`${route.describes?.id} ${name}=${value.slice(0, 40)} -> ${status}`)
      }
  }
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(1_000)
}, 180_000)

/** The console's page reads its address itself: whatever stands there is a filter of a screen, or nothing. */
const pages: ReadonlySet<string> = new Set(['/console', '/console/*'])

/** They wait for events; what they are asked is the feed's. */
const endless: ReadonlySet<string> = new Set(['streamEvents', 'streamDeliveries', 'streamAttempts'])

test('W4: no answer of any operation lets a browser guess what it is', { timeout: 120_000 }, async () => {
  const pathOf = (path: string): string =>
    path.replaceAll(/:(\w+)/g, (_, name: string) => `${ids[name] ?? 7}`).replace('*', 'x')
  const sniffed: string[] = []
  const look = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const response = await fetch(`${url}${path}`, { method, headers })
    // Of a stream only the beginning: it has no end.
    await response.body?.cancel()
    if (response.headers.get('x-content-type-options') !== 'nosniff')
      sniffed.push(`${method} ${path}: ${response.status}`)
  }
  for (const { method, path } of routes) {
    await look(method, pathOf(path), {})
    await look(method, pathOf(path), { authorization: 'Bearer a' })
    await look(method, pathOf(path), { authorization: 'Bearer a', 'content-type': 'text/plain' })
  }
  await look('GET', '/api/v1/nothing', {})
  await look('GET', '/api/v1/%', {})
  await look('PUT', '/api/v1/assets', { authorization: 'Bearer a' })
  expect(sniffed).toEqual([])
  expect(routes.length).toBeGreaterThan(100)
})
