/** What settings of movement hold in the end, and whose word that is. */
import { scanPointKinds } from '@scanhook/domain/asset'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { renderSettings } from '@scanhook/domain/setting/render-settings'
import { explainSettings, type Level } from '@scanhook/domain/setting/resolve-settings'
import { type SettingName, settingNames } from '@scanhook/domain/setting/setting-table'
import { single } from '@scanhook/http/answers'
import { idParam } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import type { MovementSettingsStore, ScanPointLevels } from '@scanhook/postgres/movement-settings'
import { z } from 'zod'
import { idAnswer, objectAnswer, singleAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { type Api, foundOf, refuseReadOnly } from '../server.ts'
import { answeredOnly, orgSettingsBody } from './settings-input.ts'

export interface SettingsPorts {
  readonly store: Authored<MovementSettingsStore>
  /** The word of this deployment's configuration. */
  readonly system: MovementOverrides
}

const params = z.object({ scan_point_id: idParam() })

const effectiveAnswer = z.record(z.enum(settingNames), z.object({ value: z.unknown(), source: z.string() }))
const orgSettingsAnswer = z
  .object({ overrides: objectAnswer, effective: z.record(z.enum(scanPointKinds), effectiveAnswer) })
  .meta({ id: 'OrganizationSettings' })
const pointSettingsAnswer = z
  .object({
    scan_point_id: idAnswer,
    kind: z.enum(scanPointKinds),
    overrides: objectAnswer,
    effective: z.record(
      z.enum(settingNames),
      z.object({
        value: z.unknown(),
        source: z.enum(['scan_point', 'location', 'organization', 'system', 'default']),
        location_id: idAnswer.nullable(),
        location_external_key: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ScanPointSettings' })

export function addSettingsRoutes(api: Api, { store, system }: SettingsPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/orgs/me/settings',
    scope: 'scan-devices:read',
    describes: {
      id: 'getOrganizationSettings',
      summary: 'What settings of movement hold',
      answers: { 200: singleAnswer(orgSettingsAnswer) },
    },
    handle: async ({ caller }) =>
      single(orgView(foundOf(await store.findOfOrganization(caller.orgId), 'organization'), system)),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/orgs/me/settings',
    scope: 'scan-devices:write',
    describes: {
      id: 'updateOrganizationSettings',
      summary: 'Change settings of movement',
      answers: { 200: singleAnswer(orgSettingsAnswer) },
    },
    body: orgSettingsBody,
    handle: async (request) => {
      const { caller, body } = request
      const current = foundOf(await store.findOfOrganization(caller.orgId), 'organization')
      refuseReadOnly(body.answered, orgView(current, system), answeredOnly)
      const changed = await store.patchOrganization(authorOf(request, renderSettings), body.patch)
      return single(orgView(foundOf(changed, 'organization'), system))
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/scan-points/:scan_point_id/settings',
    scope: 'scan-devices:read',
    describes: {
      id: 'getScanPointSettings',
      summary: 'What settings hold at a scan point, and whose word it is',
      answers: { 200: singleAnswer(pointSettingsAnswer) },
    },
    params,
    handle: async ({ caller, params: { scan_point_id: id } }) => {
      const levels = foundOf(await store.findOfScanPoint(caller.orgId, id), 'scan point')
      return single({ scan_point_id: id, ...pointView(levels, system) })
    },
  })
}

type View = Readonly<Record<string, unknown>>

/** A setting's default depends on the kind of scan point, so what holds is told for each. */
function orgView(own: MovementOverrides, system: MovementOverrides): View {
  const levels: readonly Level<string>[] = [
    { source: 'organization', overrides: own },
    { source: 'system', overrides: system },
  ]
  const ofKind = (kind: (typeof scanPointKinds)[number]): View => {
    const explained = explainSettings(kind, levels)
    return bySetting((name) => ({
      value: explained[name].value,
      source: explained[name].source ?? 'default',
    }))
  }
  return {
    overrides: renderSettings(own),
    effective: Object.fromEntries(scanPointKinds.map((kind) => [kind, ofKind(kind)])),
  }
}

interface Source {
  readonly level: 'scan_point' | 'location' | 'organization' | 'system'
  readonly location: { readonly id: number; readonly externalKey: string } | null
}

function pointView(
  { kind, point, locations, organization }: ScanPointLevels,
  system: MovementOverrides,
): View {
  const explained = explainSettings<Source>(kind, [
    { source: { level: 'scan_point', location: null }, overrides: point },
    ...locations.map((location) => ({
      source: { level: 'location' as const, location },
      overrides: location.overrides,
    })),
    { source: { level: 'organization', location: null }, overrides: organization },
    { source: { level: 'system', location: null }, overrides: system },
  ])
  return {
    kind,
    overrides: renderSettings(point),
    effective: bySetting((name) => {
      const { value, source } = explained[name]
      return {
        value,
        source: source?.level ?? 'default',
        location_id: source?.location?.id ?? null,
        location_external_key: source?.location?.externalKey ?? null,
      }
    }),
  }
}

function bySetting(view: (name: SettingName) => View): View {
  return Object.fromEntries(settingNames.map((name) => [name, view(name)]))
}
