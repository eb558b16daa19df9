/** Import and export of master data as NDJSON. */
import { ApiError, fieldError } from '@scanhook/http/api-error'
import { compileRoute } from '@scanhook/http/compile-route'
import { validationError } from '@scanhook/http/field-problems'
import { problemsOfJson } from '@scanhook/http/plain-json'
import { booleanParam } from '@scanhook/http/query'
import type { Assets, KeyedAssetInput } from '@scanhook/postgres/assets'
import type { Authored } from '@scanhook/postgres/audit-log'
import type { Locations } from '@scanhook/postgres/locations'
import type { ScanDevices } from '@scanhook/postgres/scan-devices'
import type { ScanPoints } from '@scanhook/postgres/scan-points'
import { isRetriable } from '@scanhook/runtime/is-retriable'
import { z } from 'zod'
import { idAnswer, objectAnswer } from '../answer-schemas.ts'
import {
  addAssetRoutes,
  assetAnswer,
  assetView,
  changeImportedAsset,
  newAssetInput,
} from '../assets/routes.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { addLocationRoutes, locationAnswer, locationView } from '../locations/routes.ts'
import type { JsonObject } from '../merge-patch.ts'
import { addScanDeviceRoutes, deviceAnswer, deviceView } from '../scan-devices/routes.ts'
import { addScanPointRoutes, pointAnswer, pointView } from '../scan-points/routes.ts'
import type { Api } from '../server.ts'
import { changesOfAsset } from './changes-of-asset.ts'
import { exportRows } from './export-rows.ts'
import { type ImportedKind, importLines, type MakesMany } from './import-lines.ts'
import { countLines, type JudgeJson, type LineError, linesMax } from './read-lines.ts'
import { type CallRoute, recordedRoutes } from './recorded-routes.ts'

export interface BulkStores {
  readonly assets: Authored<Assets>
  readonly locations: Authored<Locations>
  readonly scanDevices: Authored<ScanDevices>
  readonly scanPoints: Authored<ScanPoints>
}

/** What a request of the shared server may bring within its 30 s; some ten thousand plain assets. */
const bodyMaxBytes = 4 * 1024 * 1024
/**
 * Rows that a dry run writes stay locked until it takes them back: as short as it is (3 ms a line), nobody who waits for one
 * runs into the 10 s that a statement may take.
 */
const dryLinesMax = 1_000
const importQuery = z.object({
  mode: z.enum(['upsert', 'create']).default('upsert'),
  dry_run: booleanParam().default(false),
})
const exportQuery = z.object({ include_deleted: booleanParam().default(false) })
const lineAnswer = z
  .union([
    z.object({
      line: z.int().min(1),
      status: z.enum(['created', 'updated', 'unchanged', 'failed']),
      id: idAnswer.nullable(),
      external_key: z.string().nullable(),
      error: z
        .object({
          type: z.string(),
          detail: z.string(),
          fields: z.array(
            z.object({
              field: z.string(),
              code: z.string(),
              message: z.string(),
              params: objectAnswer.nullable(),
            }),
          ),
        })
        .nullable(),
    }),
    z.object({
      summary: z.object({ created: z.int(), updated: z.int(), unchanged: z.int(), failed: z.int() }),
    }),
  ])
  .meta({ id: 'ImportLine' })
const ndjson = { 'content-type': 'application/x-ndjson; charset=utf-8' }

export interface BulkPorts extends BulkStores {
  /** Runs `play` over stores whose writes are taken back when it ends. */
  rehearse<T>(play: (stores: BulkStores) => Promise<T>): Promise<T>
}

interface Kind<T> {
  /** `Assets`: what its operations are called after. */
  readonly title: string
  readonly row: z.ZodType
  /** `assets`: the last part of its path. */
  readonly name: string
  /** `assets`: its scopes are `assets:read` and `assets:write`. */
  readonly scope: string
  readonly store: { list(orgId: number, query: ExportQuery): Promise<{ readonly rows: readonly T[] }> }
  readonly view: (row: T) => unknown
  readonly importedOf: (stores: BulkStores) => ImportedKind
}

interface ExportQuery {
  readonly limit: number
  readonly offset: number
  readonly sort: readonly []
  readonly afterId: number
  readonly includeDeleted: boolean
}

export function addBulkRoutes(api: Api, ports: BulkPorts): void {
  addKind(api, ports, {
    name: 'assets',
    title: 'Assets',
    row: assetAnswer,
    scope: 'assets',
    store: ports.assets,
    view: assetView,
    importedOf: ({ assets }) => importedAssets(assets),
  })
  addKind(api, ports, {
    name: 'locations',
    title: 'Locations',
    row: locationAnswer,
    scope: 'locations',
    store: ports.locations,
    view: locationView,
    importedOf: ({ locations }) =>
      keyed('locations', 'location_id', (into) => addLocationRoutes(into, locations)),
  })
  addKind(api, ports, {
    name: 'scan-devices',
    title: 'ScanDevices',
    row: deviceAnswer,
    scope: 'scan-devices',
    store: ports.scanDevices,
    view: deviceView,
    importedOf: ({ scanDevices }) =>
      keyed('scan-devices', 'scan_device_id', (into) => addScanDeviceRoutes(into, scanDevices)),
  })
  addKind(api, ports, {
    name: 'scan-points',
    title: 'ScanPoints',
    row: pointAnswer,
    scope: 'scan-devices',
    store: ports.scanPoints,
    view: pointView,
    importedOf: ({ scanPoints }) => importedPoints((into) => addScanPointRoutes(into, scanPoints)),
  })
}

function addKind<T extends { readonly id: number }>(api: Api, ports: BulkPorts, kind: Kind<T>): void {
  const { name, title, row, scope, store, view, importedOf } = kind
  const imported = importedOf(ports)
  const words = name.replace('-', ' ')
  api.route({
    method: 'POST',
    path: `/api/v1/${name}/import`,
    scope: `${scope}:write`,
    describes: {
      id: `import${title}`,
      summary: `Make and change many ${words}`,
      details:
        'One JSON object a line, with the fields of POST. The report says of each line what came of it; with dry_run what would come of it, and nothing is written. Ids of what would be made are of no use.',
      answers: {
        200: {
          contentType: 'application/x-ndjson',
          schema: lineAnswer,
          description: 'A line for each line, and a summary',
        },
      },
    },
    bodyKind: 'ndjson',
    bodyMaxBytes,
    query: importQuery,
    handle: async (request) => {
      const { mode, dry_run: isDry } = request.query
      refuseTooMany(request.text, isDry ? dryLinesMax : linesMax)
      const body = isDry
        ? await ports.rehearse((stores) => importLines(importedOf(stores), request, mode))
        : await importLines(imported, request, mode)
      return { status: 200, headers: ndjson, body }
    },
  })
  api.route({
    method: 'GET',
    path: `/api/v1/${name}/export`,
    scope: `${scope}:read`,
    describes: {
      id: `export${title}`,
      summary: `All ${words}, one a line`,
      answers: {
        200: {
          contentType: 'application/x-ndjson',
          schema: row,
          description: 'A line for each, as GET answers it',
        },
      },
    },
    query: exportQuery,
    handle: async ({ caller, query: { include_deleted: includeDeleted } }) => ({
      status: 200,
      headers: ndjson,
      body: exportRows(async (page) => {
        const { rows } = await store.list(caller.orgId, { ...page, offset: 0, sort: [], includeDeleted })
        return rows
      }, view),
    }),
  })
}

function refuseTooMany(text: string, max: number): void {
  if (countLines(text) <= max) return
  const what = max === linesMax ? 'an import' : 'a dry run'
  const message = `${what} must have at most ${max} lines; send the rest as another`
  throw fieldError({ field: '', code: 'too_long', message })
}

/** A dependency that is away fails the lines that it meets: those before are written, and the report has to say so. */
function refusalOf(thrown: unknown): LineError | null {
  if (thrown instanceof ApiError) return { type: thrown.type, detail: thrown.message, fields: thrown.fields }
  if (!isRetriable(thrown)) return null
  const detail = 'something that this line needs is away right now; send it again'
  return { type: 'internal_error', detail, fields: [] }
}

/** As a single request's body is judged. */
export const judgeJson: JudgeJson = (text, value) => {
  const problems = problemsOfJson(text, value)
  return problems.length === 0 ? null : refusalOf(validationError(problems))
}

type Add = (into: Pick<Api, 'route'>) => void
type Row = JsonObject & { readonly id: number }

function writesOf(
  call: CallRoute,
  name: string,
  idParam: string,
): Pick<ImportedKind, 'create' | 'patch' | 'refusalOf' | 'judgeJson'> {
  const path = `/api/v1/${name}`
  return {
    refusalOf,
    judgeJson,
    create: async (asking, body) => (await call(asking, 'POST', path, { body })) as Row,
    patch: async (asking, id, body) =>
      (await call(asking, 'PATCH', `${path}/:${idParam}`, { params: { [idParam]: `${id}` }, body })) as Row,
  }
}

/** Assets take tags with them, also where they are there already. */
function importedAssets(assets: Authored<Assets>): ImportedKind {
  const plain = keyed('assets', 'asset_id', (into) => addAssetRoutes(into, assets))
  return {
    ...plain,
    many: manyAssets(assets),
    changesOf: changesOfAsset,
    patch: async (asking, id, line) =>
      line['tags'] === undefined
        ? plain.patch(asking, id, line)
        : ((await changeImportedAsset(assets, asking, { id, line })) as Row),
  }
}

function manyAssets(assets: Authored<Pick<Assets, 'list' | 'createMany'>>): MakesMany {
  return {
    findMany: async ({ caller }, keys) => {
      // One more than there can be: a page that is not full is not counted.
      const query = { externalKeys: keys, limit: keys.length + 1, offset: 0, sort: [] }
      const { rows } = await assets.list(caller.orgId, query)
      return new Map(rows.map((row) => [row.externalKey, assetView(row) as unknown as Row]))
    },
    createMany: async (asking, lines) => {
      try {
        return await assets.createMany(authorOf(asking, assetView), lines.map(keyedInput))
      } catch (error) {
        // A line that POST would refuse: by itself it says so.
        if (error instanceof ApiError) return null
        throw error
      }
    },
  }
}

function keyedInput(line: JsonObject): KeyedAssetInput {
  const input = newAssetInput(line)
  if (input.externalKey === undefined)
    throw new Error('BULK_NO_KEY: only lines with a key are made many at a time')
  return { ...input, externalKey: input.externalKey }
}

/** A kind that is found by its own `external_key`. A key that is no key finds nothing: creating then says why. */
function keyed(name: string, idParam: string, add: Add): ImportedKind {
  const call = recordedRoutes(add, compileRoute)
  return {
    ...writesOf(call, name, idParam),
    keyOf: ({ external_key: key }) => (isKey(key) ? key : null),
    find: async (asking, { external_key: key }) => {
      if (!isKey(key)) return null
      const query = { external_key: key, limit: '1' }
      const rows = (await call(asking, 'GET', `/api/v1/${name}`, { query })) as Row[]
      return rows[0] ?? null
    },
  }
}

/** Scan points have no key of their own: device and antenna port are it. */
function importedPoints(add: Add): ImportedKind {
  const call = recordedRoutes(add, compileRoute)
  return {
    ...writesOf(call, 'scan-points', 'scan_point_id'),
    keyOf: ({ scan_device_external_key: key }) => (isKey(key) ? key : null),
    find: async (asking, line) => {
      const { scan_device_external_key: key, scan_device_id: id, antenna_port: port = 1 } = line
      const device = isKey(key)
        ? { scan_device_external_key: key }
        : Number.isSafeInteger(id) && Number(id) > 0
          ? { scan_device_id: `${id}` }
          : null
      if (device === null) return null
      for (let offset = 0; ; offset += pointsPerPage) {
        const query = { ...device, limit: `${pointsPerPage}`, offset: `${offset}` }
        const rows = (await call(asking, 'GET', '/api/v1/scan-points', { query })) as Row[]
        const found = rows.find((row) => row['antenna_port'] === port)
        if (found !== undefined || rows.length < pointsPerPage) return found ?? null
      }
    },
  }
}

/** As many as a list gives at once; a reader has 4 to 64 antennas. */
const pointsPerPage = 100

/** A text that a living row may have as its key: others are not looked for, PostgreSQL would refuse the NUL. */
function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 255 && !value.includes('\0')
}
