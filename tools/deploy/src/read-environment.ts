/**
 * What each service reads from its environment, sorted by who says it: the operator in plain, the operator in secret,
 * or the deployment itself (ports, paths), which nobody else may change because probes, Services and mounts depend on it.
 * Derived from the services' settings tables; the chart, its schema and the compose file are all made from this.
 */
import type { SettingSchema, Settings } from '@scanhook/config/settings'
import { runtimeSettings } from '@scanhook/runtime/settings'
import { readServiceTables } from '@scanhook/tidy/read-service-tables'

/** Ports of one pod or container: no two services share one, so each may have the usual numbers. */
export const healthPort = 8081
export const httpPorts: Readonly<Record<string, number>> = { api: 8080, producer: 8080, inspector: 9000 }
/** The relay's, which senders alone reach: a port of its own, so that a policy can say so. */
export const relayPort = 8082
/** A volume is mounted there; everything else of the file system is read-only. */
export const schemaCacheDir = '/var/cache/scanhook/schemas'

/** What the deployment says itself. */
const owned: Readonly<Record<string, string>> = {
  HEALTH_PORT: `${healthPort}`,
  API_PORT: `${httpPorts['api']}`,
  API_RELAY_PORT: `${relayPort}`,
  PRODUCER_PORT: `${httpPorts['producer']}`,
  INSPECTOR_PORT: `${httpPorts['inspector']}`,
  SCHEMA_CACHE_DIR: schemaCacheDir,
}

export interface PlainSetting {
  readonly schema: SettingSchema
  readonly description: string
  /** Undefined: required. */
  readonly defaultRaw: string | undefined
}

export interface ServiceEnvironment {
  readonly name: string
  readonly plain: Readonly<Record<string, PlainSetting>>
  readonly secret: Readonly<Record<string, 'required' | 'optional'>>
  readonly owned: Readonly<Record<string, string>>
}

/** The one-shot job has no health server and no drain. */
const jobs = ['setup']

/** Every service that has a table, in alphabetical order. */
export async function readEnvironments(root: string): Promise<readonly ServiceEnvironment[]> {
  const tables = await readServiceTables(root)
  return tables.map(({ name, settings }) => {
    const own = settings as Settings
    const { LOG_LEVEL } = runtimeSettings
    return sortSettings(name, jobs.includes(name) ? { LOG_LEVEL, ...own } : { ...runtimeSettings, ...own })
  })
}

export function sortSettings(name: string, settings: Settings): ServiceEnvironment {
  const rows = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
  const isOwned = (setting: string): boolean => Object.hasOwn(owned, setting)
  return {
    name,
    plain: Object.fromEntries(
      rows
        .filter(([setting, { isSecret }]) => !isSecret && !isOwned(setting))
        .map(([setting, { schema, description, defaultRaw }]) => [
          setting,
          { schema, description, defaultRaw },
        ]),
    ),
    secret: Object.fromEntries(
      rows
        .filter(([, { isSecret }]) => isSecret)
        .map(([setting, { defaultRaw }]) => [setting, defaultRaw === undefined ? 'required' : 'optional']),
    ),
    owned: Object.fromEntries(
      rows.flatMap(([setting]) => (isOwned(setting) ? [[setting, owned[setting] ?? '']] : [])),
    ),
  }
}

/** Every plain setting of any service, once. */
export function plainSettings(environments: readonly ServiceEnvironment[]): Record<string, PlainSetting> {
  const rows = environments.flatMap(({ plain }) => Object.entries(plain))
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function secretSettings(environments: readonly ServiceEnvironment[]): readonly string[] {
  return [...new Set(environments.flatMap(({ secret }) => Object.keys(secret)))].sort()
}
