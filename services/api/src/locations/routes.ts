/** Locations: a tree of named places. */
import { renderGeofence } from '@scanhook/domain/fencing/render-geofence'
import { renderSettings } from '@scanhook/domain/setting/render-settings'
import { nothing, single, timeText } from '@scanhook/http/answers'
import { validationError } from '@scanhook/http/field-problems'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import {
  type Location,
  type LocationChange,
  type Locations,
  locationSortFields,
} from '@scanhook/postgres/locations'
import { z } from 'zod'
import { idAnswer, listAnswer, objectAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import {
  descriptionField,
  externalKeyField,
  idField,
  nameField,
  readOnlyFields,
  timeField,
} from '../fields.ts'
import {
  type Api,
  foundOf,
  ifAny,
  listOf,
  pageOf,
  referenceOf,
  refuseBoth,
  refuseReadOnly,
  rowOf,
} from '../server.ts'
import { settingsField } from '../settings/settings-input.ts'
import { geofencePatch, newGeofence, patchGeofence } from './geofence-input.ts'

const parent = { idField: 'parent_id', keyField: 'parent_external_key' } as const
const self = { idField: 'id', keyField: 'external_key' } as const

const written = {
  description: descriptionField.optional(),
  is_active: z.boolean().optional(),
  valid_from: timeField.optional(),
  valid_to: timeField.nullable().optional(),
  parent_id: idField.nullable().optional(),
  parent_external_key: externalKeyField.nullable().optional(),
  settings: settingsField.nullable().optional(),
}
const newLocation = z.object({
  ...written,
  external_key: externalKeyField.optional(),
  name: nameField,
  geofence: newGeofence.nullable().optional(),
})
const answeredOnly = ['id', 'external_key', 'created_at', 'updated_at', 'deleted_at'] as const
const locationPatch = z.object({
  ...written,
  name: nameField.optional(),
  geofence: geofencePatch.nullable().optional(),
  ...readOnlyFields(answeredOnly),
})
const query = z.object({
  ...pageParams,
  id: repeatedParam(idParam()),
  external_key: repeatedParam(textParam(255)),
  parent_id: repeatedParam(idParam()),
  parent_external_key: repeatedParam(textParam(255)),
  is_active: booleanParam().optional(),
  q: textParam(255).optional(),
  include_deleted: booleanParam().default(false),
  sort: sortParam(locationSortFields, 'external_key'),
})
const params = z.object({ location_id: idParam() })

const locationSchema = z
  .object({
    id: idAnswer,
    external_key: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    parent_id: idAnswer.nullable(),
    parent_external_key: z.string().nullable(),
    is_active: z.boolean(),
    valid_from: timeAnswer,
    valid_to: timeAnswer.nullable(),
    settings: objectAnswer,
    geofence: objectAnswer.nullable(),
    created_at: timeAnswer,
    updated_at: timeAnswer,
    deleted_at: timeAnswer.nullable(),
  })
  .meta({ id: 'Location' })
export const locationAnswer: z.ZodType = locationSchema

const kinQuery = z.object({ ...pageParams, sort: sortParam(locationSortFields, 'external_key') })

/** TrakRF's ways through the tree. Each is a list of locations, without the one that is asked about. */
const kinRoutes = [
  {
    name: 'ancestors',
    id: 'listLocationAncestors',
    summary: 'List the locations that a location lies in',
    filter: (of: number) => ({ kin: { of, are: 'ancestors' as const } }),
  },
  {
    name: 'children',
    id: 'listLocationChildren',
    summary: 'List the locations right below a location',
    filter: (of: number) => ({ parentIds: [of] }),
  },
  {
    name: 'descendants',
    id: 'listLocationDescendants',
    summary: 'List all locations below a location',
    filter: (of: number) => ({ kin: { of, are: 'descendants' as const } }),
  },
] as const

function addKinRoutes(api: Pick<Api, 'route'>, locations: Pick<Locations, 'find' | 'list'>): void {
  for (const { name, id: operation, summary, filter } of kinRoutes) {
    api.route({
      method: 'GET',
      path: `/api/v1/locations/:location_id/${name}`,
      scope: 'locations:read',
      describes: { id: operation, summary, answers: { 200: listAnswer(locationAnswer) } },
      params,
      query: kinQuery,
      handle: async ({ caller, params: { location_id: id }, query: given }) => {
        foundOf(await locations.find(caller.orgId, id), 'location')
        const page = await locations.list(caller.orgId, { ...pageOf(given), ...filter(id) })
        return listOf(given, page, locationView)
      },
    })
  }
}

export function addLocationRoutes(api: Pick<Api, 'route'>, locations: Authored<Locations>): void {
  addKinRoutes(api, locations)
  api.route({
    method: 'POST',
    path: '/api/v1/locations',
    scope: 'locations:write',
    describes: {
      id: 'createLocation',
      summary: 'Make a location',
      answers: { 201: singleAnswer(locationAnswer) },
      errors: ['conflict'],
    },
    body: newLocation,
    handle: async (request) => {
      const { name, external_key: externalKey, geofence } = request.body
      const input = { ...changeOf(request.body), name, externalKey, geofence }
      const created = await locations.create(authorOf(request, locationView), input)
      return single(locationView(rowOf(created, 'location')), 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/locations',
    scope: 'locations:read',
    describes: {
      id: 'listLocations',
      summary: 'List locations',
      answers: { 200: listAnswer(locationAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      refuseBoth(given, parent)
      refuseBoth(given, self)
      const page = await locations.list(caller.orgId, {
        ...pageOf(given),
        ids: ifAny(given.id),
        externalKeys: ifAny(given.external_key),
        parentIds: ifAny(given.parent_id),
        parentExternalKeys: ifAny(given.parent_external_key),
        isActive: given.is_active,
        q: given.q,
        includeDeleted: given.include_deleted,
      })
      return listOf(given, page, locationView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/locations/:location_id',
    scope: 'locations:read',
    describes: {
      id: 'getLocation',
      summary: 'Get a location',
      answers: { 200: singleAnswer(locationAnswer) },
    },
    params,
    handle: async ({ caller, params: { location_id: id } }) =>
      single(locationView(foundOf(await locations.find(caller.orgId, id), 'location'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/locations/:location_id',
    scope: 'locations:write',
    describes: {
      id: 'updateLocation',
      summary: 'Change a location',
      answers: { 200: singleAnswer(locationAnswer) },
      errors: ['conflict'],
    },
    params,
    body: locationPatch,
    handle: async (request) => {
      const { params, body } = request
      const changed = await locations.update(authorOf(request, locationView), params.location_id, {
        ...changeOf(body),
        name: body.name,
        geofence: mergingGeofence(body.geofence),
        // With the row locked: of two who began with one version the second is told.
        judge: (current) => refuseReadOnly(body, locationView(current), answeredOnly),
      })
      return single(locationView(rowOf(changed, 'location')))
    },
  })
  api.route({
    method: 'POST',
    path: '/api/v1/locations/:location_id/rename',
    scope: 'locations:write',
    describes: {
      id: 'renameLocation',
      summary: 'Change the external key of a location',
      answers: { 200: singleAnswer(locationAnswer) },
      errors: ['conflict'],
    },
    params,
    body: z.object({ external_key: externalKeyField }),
    handle: async (request) => {
      const { params, body } = request
      const author = authorOf(request, locationView)
      const renamed = await locations.rename(author, params.location_id, body.external_key)
      return single(locationView(rowOf(renamed, 'location')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/locations/:location_id',
    scope: 'locations:write',
    describes: {
      id: 'deleteLocation',
      summary: 'Delete a location',
      answers: { 204: null },
      errors: ['conflict'],
    },
    params,
    handle: async (request) => {
      const author = authorOf(request, locationView)
      rowOf(await locations.remove(author, request.params.location_id), 'location')
      return nothing()
    },
  })
}

type Written = { readonly [K in keyof typeof written]?: z.infer<(typeof written)[K]> }

function changeOf(body: Written): LocationChange {
  return {
    description: body.description,
    isActive: body.is_active,
    validFromMs: body.valid_from,
    validToMs: body.valid_to,
    parent: referenceOf(parent, body.parent_id, body.parent_external_key),
    settings: body.settings,
  }
}

/** Merged into the one that is there; undefined leaves it. Decided with the row locked: of what two people change of one fence neither is lost. */
function mergingGeofence(
  patch: Readonly<Record<string, unknown>> | null | undefined,
): LocationChange['geofence'] {
  if (patch === undefined || patch === null) return patch
  return (current) => {
    const parsed = patchGeofence(current, patch)
    if (!parsed.ok) throw validationError(parsed.problems)
    return parsed.value
  }
}

export function locationView(location: Location): Readonly<Record<string, unknown>> {
  return {
    id: location.id,
    external_key: location.externalKey,
    name: location.name,
    description: location.description,
    parent_id: location.parentId,
    parent_external_key: location.parentExternalKey,
    is_active: location.isActive,
    valid_from: timeText(location.validFrom),
    valid_to: timeText(location.validTo),
    settings: renderSettings(location.settings),
    geofence: location.geofence === null ? null : renderGeofence(location.geofence),
    created_at: timeText(location.createdAt),
    updated_at: timeText(location.updatedAt),
    deleted_at: timeText(location.deletedAt),
  } satisfies z.output<typeof locationSchema>
}
