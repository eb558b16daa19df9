/** Files → walks. The only place here that reads a disk; every error names file and line. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Parsed } from '@scanhook/domain/read'
import { type BleGateway, parseBleDevices } from '@scanhook/replay/parse-ble-walk'
import { parseWalk, type Walk } from './walk.ts'

/** Something is wrong with what was asked for, not with us. */
export class BadInput extends Error {}

export interface Walks {
  readonly gateways: readonly BleGateway[]
  readonly walks: readonly Walk[]
}

/** Reads all of them before anything is derived, so that a bad file costs no half answer. Throws `BadInput`. */
export function loadWalks(devicesFile: string, files: readonly string[], speed: number): Walks {
  const gateways = valueIn(devicesFile, parseBleDevices(textOf(devicesFile)))
  const walks = files.map((file) =>
    valueIn(file, parseWalk(textOf(file), { recording: basename(file), gateways, speed })),
  )
  return { gateways, walks }
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file)
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new BadInput(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function valueIn<T>(file: string, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value
  throw new BadInput(parsed.problems.map(({ field, message }) => `${file}, ${field}: ${message}`).join('\n'))
}
