/** Scan devices: readers and gateways, by the name under which upstream reports their reads. */
import { nothing, single, timeText } from '@scanhook/http/answers'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import { type ScanDevice, type ScanDevices, scanDeviceSortFields } from '@scanhook/postgres/scan-devices'
import { z } from 'zod'
import { idAnswer, listAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { descriptionField, deviceKeyField, nameField, readOnlyFields } from '../fields.ts'
import { type Api, foundOf, ifAny, listOf, notFound, pageOf, refuseReadOnly, rowOf } from '../server.ts'

/** Open on purpose: `csl_cs463`, `gl_s10`, `moko_mk107` and whatever comes next. */
const typeField = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9_-]+$/, 'must contain only lower-case letters, digits, _ and -')
const written = { description: descriptionField.optional(), is_active: z.boolean().optional() }
const newDevice = z.object({ ...written, external_key: deviceKeyField, name: nameField, type: typeField })
const answeredOnly = ['id', 'external_key', 'created_at', 'updated_at', 'deleted_at'] as const
const devicePatch = z.object({
  ...written,
  name: nameField.optional(),
  type: typeField.optional(),
  ...readOnlyFields(answeredOnly),
})
const query = z.object({
  ...pageParams,
  id: repeatedParam(idParam()),
  external_key: repeatedParam(textParam(255)),
  type: repeatedParam(textParam(64)),
  is_active: booleanParam().optional(),
  q: textParam(255).optional(),
  include_deleted: booleanParam().default(false),
  sort: sortParam(scanDeviceSortFields, 'external_key'),
})
const params = z.object({ scan_device_id: idParam() })

const deviceSchema = z
  .object({
    id: idAnswer,
    external_key: z.string(),
    name: z.string(),
    type: z.string(),
    description: z.string().nullable(),
    is_active: z.boolean(),
    created_at: timeAnswer,
    updated_at: timeAnswer,
    deleted_at: timeAnswer.nullable(),
  })
  .meta({ id: 'ScanDevice' })
export const deviceAnswer: z.ZodType = deviceSchema

export function addScanDeviceRoutes(api: Pick<Api, 'route'>, devices: Authored<ScanDevices>): void {
  api.route({
    method: 'POST',
    path: '/api/v1/scan-devices',
    scope: 'scan-devices:write',
    describes: {
      id: 'createScanDevice',
      summary: 'Make a scan device',
      answers: { 201: singleAnswer(deviceAnswer) },
      errors: ['conflict'],
    },
    body: newDevice,
    handle: async (request) => {
      const { body } = request
      const created = await devices.create(authorOf(request, deviceView), {
        externalKey: body.external_key,
        name: body.name,
        type: body.type,
        description: body.description,
        isActive: body.is_active,
      })
      return single(deviceView(rowOf(created, 'scan device')), 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/scan-devices',
    scope: 'scan-devices:read',
    describes: {
      id: 'listScanDevices',
      summary: 'List scan devices',
      answers: { 200: listAnswer(deviceAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const page = await devices.list(caller.orgId, {
        ...pageOf(given),
        ids: ifAny(given.id),
        externalKeys: ifAny(given.external_key),
        types: ifAny(given.type),
        isActive: given.is_active,
        q: given.q,
        includeDeleted: given.include_deleted,
      })
      return listOf(given, page, deviceView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/scan-devices/:scan_device_id',
    scope: 'scan-devices:read',
    describes: {
      id: 'getScanDevice',
      summary: 'Get a scan device',
      answers: { 200: singleAnswer(deviceAnswer) },
    },
    params,
    handle: async ({ caller, params: { scan_device_id: id } }) =>
      single(deviceView(foundOf(await devices.find(caller.orgId, id), 'scan device'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/scan-devices/:scan_device_id',
    scope: 'scan-devices:write',
    describes: {
      id: 'updateScanDevice',
      summary: 'Change a scan device',
      answers: { 200: singleAnswer(deviceAnswer) },
      errors: ['conflict'],
    },
    params,
    body: devicePatch,
    handle: async (request) => {
      const { params, body } = request
      const changed = await devices.update(authorOf(request, deviceView), params.scan_device_id, {
        // With the row locked: of two who began with one version the second is told.
        judge: (current) => refuseReadOnly(body, deviceView(current), answeredOnly),
        name: body.name,
        type: body.type,
        description: body.description,
        isActive: body.is_active,
      })
      return single(deviceView(rowOf(changed, 'scan device')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/scan-devices/:scan_device_id',
    scope: 'scan-devices:write',
    describes: {
      id: 'deleteScanDevice',
      summary: 'Delete a scan device',
      answers: { 204: null },
      errors: ['conflict'],
    },
    params,
    handle: async (request) => {
      const isRemoved = await devices.remove(authorOf(request, deviceView), request.params.scan_device_id)
      if (!isRemoved) throw notFound('scan device')
      return nothing()
    },
  })
}

export function deviceView(device: ScanDevice): Readonly<Record<string, unknown>> {
  return {
    id: device.id,
    external_key: device.externalKey,
    name: device.name,
    type: device.type,
    description: device.description,
    is_active: device.isActive,
    created_at: timeText(device.createdAt),
    updated_at: timeText(device.updatedAt),
    deleted_at: timeText(device.deletedAt),
  } satisfies z.output<typeof deviceSchema>
}
