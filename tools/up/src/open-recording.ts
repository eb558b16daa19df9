/** A file → a recording. Knows the forms by name and content: our NDJSON, or a BLE walk with `tetam.dev` beside it. */
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip, gunzipSync } from 'node:zlib'
import type { FieldProblem, Parsed } from '@scanhook/domain/read'
import { convertBleWalk } from '@scanhook/replay/convert-ble-walk'
import { parseHeader, parseRecordedRead } from '@scanhook/replay/parse-recording'
import type { RecordedRead, RecordingHeader } from '@scanhook/replay/recording'
import { demoWarehouse, simulateWarehouse } from '@scanhook/replay/simulate-warehouse'

export interface OpenRecording {
  readonly header: RecordingHeader
  /** Once only. A bad line ends it with an error that names the line. */
  readonly reads: AsyncIterable<RecordedRead> | Iterable<RecordedRead>
  readonly isEndless: boolean
}

/** Throws with the file, the line and the field when it is neither. */
export async function openRecording(file: string): Promise<OpenRecording> {
  if (!existsSync(file)) throw new Error(`${file}: there is no such file`)
  if (/\.mbd(\.gz)?$/.test(file)) return openBleWalk(file)
  return openNdjson(file)
}

export function openSimulation(speed: number): OpenRecording {
  const recording = simulateWarehouse({
    ...demoWarehouse,
    readsPerSecond: demoWarehouse.readsPerSecond * speed,
  })
  return { ...recording, isEndless: true }
}

function openBleWalk(file: string): OpenRecording {
  const devicesFile = join(dirname(file), 'tetam.dev')
  if (!existsSync(devicesFile)) throw new Error(`${file}: a BLE walk needs the file tetam.dev beside it`)
  const bytes = readFileSync(file)
  const converted = convertBleWalk({
    name: basename(file),
    walk: (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString(),
    devices: readFileSync(devicesFile, 'utf8'),
  })
  return { ...valueIn(converted, file), isEndless: false }
}

async function openNdjson(file: string): Promise<OpenRecording> {
  const source = createReadStream(file)
  const input = file.endsWith('.gz') ? source.pipe(createGunzip()) : source
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done === true) throw new Error(`${file} is empty`)
  return {
    header: valueIn(parseHeader(first.value), `${file}, line 1`),
    reads: readsOf(file, lines),
    isEndless: false,
  }
}

async function* readsOf(file: string, lines: AsyncIterator<string>): AsyncGenerator<RecordedRead> {
  let lineNumber = 1
  let lastAtMs = 0
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    lineNumber++
    if (line.value.trim() === '') continue
    const read = valueIn(parseRecordedRead(line.value), `${file}, line ${lineNumber}`)
    if (read.atMs < lastAtMs) throw new Error(`${file}, line ${lineNumber}: at_ms must not fall`)
    lastAtMs = read.atMs
    yield read
  }
}

function valueIn<T>(parsed: Parsed<T>, where: string): T {
  if (parsed.ok) return parsed.value
  throw new Error(`${where}: ${parsed.problems.map((problem: FieldProblem) => problem.message).join('; ')}`)
}
