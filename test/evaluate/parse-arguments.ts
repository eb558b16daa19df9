/** The command line of `evaluate`, checked whole before anything runs. */
import { parseArgs } from 'node:util'
import { defaultMovementSettings, type MovementSettings } from '@scanhook/domain/movement-settings'
import { BadInput } from './load-walks.ts'

export const usage =
  'usage: npm run -s evaluate -- --format ble-mbd --devices DEVICES [--path pure|kafka] [--speed N] [--settings JSON] FILE…'

export interface Arguments {
  readonly devicesFile: string
  readonly files: readonly string[]
  readonly path: 'pure' | 'kafka'
  readonly speed: number
  readonly settings: MovementSettings
}

/** Throws `BadInput`. */
export function parseArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parsed(words)
  if (values.format !== 'ble-mbd')
    throw new BadInput(`--format must be ble-mbd, not ${values.format ?? 'absent'}\n${usage}`)
  if (values.devices === undefined) throw new BadInput(`--devices must name the devices file\n${usage}`)
  if (positionals.length === 0) throw new BadInput(`at least one recording must be named\n${usage}`)
  const path = values.path ?? 'pure'
  if (path !== 'pure' && path !== 'kafka') throw new BadInput(`--path must be pure or kafka, not ${path}`)
  const speed = Number(values.speed ?? '1')
  // Beyond it a whole walk would fit between two ticks.
  if (!(speed > 0 && speed <= 100)) throw new BadInput('--speed must be a number above 0, at most 100')
  if (path === 'kafka' && values.settings !== undefined)
    throw new BadInput('--settings goes with --path pure only: the services have settings of their own')
  return {
    devicesFile: values.devices,
    files: positionals,
    path,
    speed,
    settings: { ...defaultMovementSettings.zone, ...parseOverrides(values.settings ?? '{}') },
  }
}

function parsed(words: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { format: text, devices: text, path: text, speed: text, settings: text },
    })
  } catch (error) {
    throw new BadInput(`${error instanceof Error ? error.message : String(error)}\n${usage}`, {
      cause: error,
    })
  }
}

/** Members of `MovementSettings` by their names in code; a wrong name or type would silently measure something else. */
function parseOverrides(text: string): Partial<MovementSettings> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new BadInput('--settings must be JSON', { cause: error })
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new BadInput('--settings must be a JSON object')
  const defaults: Readonly<Record<string, unknown>> = { ...defaultMovementSettings.zone }
  for (const [name, value] of Object.entries(json)) {
    if (!(name in defaults))
      throw new BadInput(`--settings: ${name} is none of ${Object.keys(defaults).join(', ')}`)
    const isRight =
      name === 'hierarchyEvents'
        ? value === 'path' || value === 'leaf'
        : (typeof value === 'number' && Number.isFinite(value)) || (value === null && nullable.has(name))
    if (!isRight) throw new BadInput(`--settings: ${name} can not be ${JSON.stringify(value)}`)
  }
  return json
}

const nullable = new Set(['rssiFloorCdbm', 'exitTimeoutMs', 'deviceOfflineMs'])
