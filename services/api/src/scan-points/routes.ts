/** Scan points: which antenna of which device watches which location. */
import { scanPointKinds } from '@scanhook/domain/asset'
import { renderSettings } from '@scanhook/domain/setting/render-settings'
import { nothing, single, timeText } from '@scanhook/http/answers'
import { fieldError } from '@scanhook/http/api-error'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import { type ScanPoint, type ScanPoints, scanPointSortFields } from '@scanhook/postgres/scan-points'
import { z } from 'zod'
import { idAnswer, listAnswer, objectAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { deviceKeyField, externalKeyField, idField, nameField, readOnlyFields } from '../fields.ts'
import {
  type Api,
  foundOf,
  ifAny,
  listOf,
  notFound,
  pageOf,
  referenceOf,
  refuseBoth,
  refuseReadOnly,
  rowOf,
} from '../server.ts'
import { settingsField } from '../settings/settings-input.ts'

const device = { idField: 'scan_device_id', keyField: 'scan_device_external_key' } as const
const location = { idField: 'location_id', keyField: 'location_external_key' } as const

const written = {
  kind: z.enum(scanPointKinds).optional(),
  name: nameField.nullable().optional(),
  is_active: z.boolean().optional(),
  location_id: idField.nullable().optional(),
  location_external_key: externalKeyField.nullable().optional(),
  settings: settingsField.nullable().optional(),
}
const newPoint = z.object({
  ...written,
  scan_device_id: idField.optional(),
  scan_device_external_key: deviceKeyField.optional(),
  antenna_port: z.int().min(0).max(65_535).default(1),
})
const answeredOnly = [
  'id',
  'scan_device_id',
  'scan_device_external_key',
  'antenna_port',
  'created_at',
  'updated_at',
  'deleted_at',
] as const
const pointPatch = z.object({
  ...written,
  ...readOnlyFields(answeredOnly),
})
const query = z.object({
  ...pageParams,
  id: repeatedParam(idParam()),
  scan_device_id: repeatedParam(idParam()),
  scan_device_external_key: repeatedParam(textParam(255)),
  location_id: repeatedParam(idParam()),
  location_external_key: repeatedParam(textParam(255)),
  kind: repeatedParam(z.enum(scanPointKinds)),
  is_active: booleanParam().optional(),
  include_deleted: booleanParam().default(false),
  sort: sortParam(scanPointSortFields, 'scan_device_external_key,antenna_port'),
})
const params = z.object({ scan_point_id: idParam() })

const pointSchema = z
  .object({
    id: idAnswer,
    name: z.string().nullable(),
    scan_device_id: idAnswer,
    scan_device_external_key: z.string(),
    antenna_port: z.int().min(0).max(65_535),
    kind: z.enum(scanPointKinds),
    location_id: idAnswer.nullable(),
    location_external_key: z.string().nullable(),
    is_active: z.boolean(),
    settings: objectAnswer,
    created_at: timeAnswer,
    updated_at: timeAnswer,
    deleted_at: timeAnswer.nullable(),
  })
  .meta({ id: 'ScanPoint' })
export const pointAnswer: z.ZodType = pointSchema

export function addScanPointRoutes(api: Pick<Api, 'route'>, points: Authored<ScanPoints>): void {
  api.route({
    method: 'POST',
    path: '/api/v1/scan-points',
    scope: 'scan-devices:write',
    describes: {
      id: 'createScanPoint',
      summary: 'Make a scan point',
      answers: { 201: singleAnswer(pointAnswer) },
      errors: ['conflict'],
    },
    body: newPoint,
    handle: async (request) => {
      const { body } = request
      const scanDevice = referenceOf(device, body.scan_device_id, body.scan_device_external_key)
      if (scanDevice === undefined || scanDevice === null)
        throw fieldError({ field: 'scan_device_id', code: 'required', message: 'is required' })
      const created = await points.create(authorOf(request, pointView), {
        ...changeOf(body),
        scanDevice,
        antennaPort: body.antenna_port,
      })
      return single(pointView(rowOf(created, 'scan point')), 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/scan-points',
    scope: 'scan-devices:read',
    describes: {
      id: 'listScanPoints',
      summary: 'List scan points',
      answers: { 200: listAnswer(pointAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      refuseBoth(given, device)
      refuseBoth(given, location)
      const page = await points.list(caller.orgId, {
        ...pageOf(given),
        ids: ifAny(given.id),
        scanDeviceIds: ifAny(given.scan_device_id),
        scanDeviceExternalKeys: ifAny(given.scan_device_external_key),
        locationIds: ifAny(given.location_id),
        locationExternalKeys: ifAny(given.location_external_key),
        kinds: ifAny(given.kind),
        isActive: given.is_active,
        includeDeleted: given.include_deleted,
      })
      return listOf(given, page, pointView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/scan-points/:scan_point_id',
    scope: 'scan-devices:read',
    describes: {
      id: 'getScanPoint',
      summary: 'Get a scan point',
      answers: { 200: singleAnswer(pointAnswer) },
    },
    params,
    handle: async ({ caller, params: { scan_point_id: id } }) =>
      single(pointView(foundOf(await points.find(caller.orgId, id), 'scan point'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/scan-points/:scan_point_id',
    scope: 'scan-devices:write',
    describes: {
      id: 'updateScanPoint',
      summary: 'Change a scan point',
      answers: { 200: singleAnswer(pointAnswer) },
      errors: ['conflict'],
    },
    params,
    body: pointPatch,
    handle: async (request) => {
      const { params, body } = request
      const changed = await points.update(authorOf(request, pointView), params.scan_point_id, {
        ...changeOf(body),
        // With the row locked: of two who began with one version the second is told.
        judge: (current) => refuseReadOnly(body, pointView(current), answeredOnly),
      })
      return single(pointView(rowOf(changed, 'scan point')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/scan-points/:scan_point_id',
    scope: 'scan-devices:write',
    describes: {
      id: 'deleteScanPoint',
      summary: 'Delete a scan point',
      answers: { 204: null },
      errors: ['conflict'],
    },
    params,
    handle: async (request) => {
      const isRemoved = await points.remove(authorOf(request, pointView), request.params.scan_point_id)
      if (!isRemoved) throw notFound('scan point')
      return nothing()
    },
  })
}

type Written = { readonly [K in keyof typeof written]?: z.infer<(typeof written)[K]> }

function changeOf(body: Written): Parameters<ScanPoints['update']>[2] {
  return {
    kind: body.kind,
    name: body.name,
    isActive: body.is_active,
    location: referenceOf(location, body.location_id, body.location_external_key),
    settings: body.settings,
  }
}

export function pointView(point: ScanPoint): Readonly<Record<string, unknown>> {
  return {
    id: point.id,
    name: point.name,
    scan_device_id: point.scanDeviceId,
    scan_device_external_key: point.scanDeviceExternalKey,
    antenna_port: point.antennaPort,
    kind: point.kind,
    location_id: point.locationId,
    location_external_key: point.locationExternalKey,
    is_active: point.isActive,
    settings: renderSettings(point.settings),
    created_at: timeText(point.createdAt),
    updated_at: timeText(point.updatedAt),
    deleted_at: timeText(point.deletedAt),
  } satisfies z.output<typeof pointSchema>
}
