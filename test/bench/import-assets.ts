/**
 * The import bench: assets with a tag each into an empty organization, as a customer sends them (files of the largest size that
 * one import takes), by the API as a process of its own; then the same files again, which change nothing.
 */
import { linesMax } from '@scanhook/api/bulk/read-lines'
import { openWorld, type World } from '../harness/world.ts'
import { figuresOfTree } from './process-figures.ts'

export interface ImportFigures {
  readonly assets: number
  readonly created: Imported
  readonly unchanged: Imported
}

interface Imported {
  readonly seconds: number
  readonly linesPerSecond: number
  readonly failed: number
  /** Of the API's process, sampled four times a second. */
  readonly rssMaxMb: number
  readonly apiCpuUsPerLine: number
}

export const fullImport = 100_000
export const quickImport = 10_000

const sampleMs = 250

export async function measureImport(assets: number, say: (line: string) => void): Promise<ImportFigures> {
  const world = await openWorld({ isDirect: true })
  try {
    await world.services.api.start()
    const files = filesOf(assets)
    say(`${assets} assets in ${files.length} files`)
    const created = await importAll(world, files, 'created')
    const unchanged = await importAll(world, files, 'unchanged')
    return { assets, created, unchanged }
  } finally {
    await world.close()
  }
}

function filesOf(assets: number): readonly string[] {
  const lines = Array.from({ length: assets }, (_, n) =>
    JSON.stringify({
      external_key: `SKU-${n}`,
      name: `Pallet ${n}`,
      metadata: { batch: n % 100 },
      tags: [{ tag_type: 'rfid', value: `E2801190${n.toString(16).toUpperCase().padStart(16, '0')}` }],
    }),
  )
  return Array.from({ length: Math.ceil(lines.length / linesMax) }, (_, part) =>
    lines.slice(part * linesMax, (part + 1) * linesMax).join('\n'),
  )
}

async function importAll(world: World, files: readonly string[], expected: string): Promise<Imported> {
  const pid = world.services.api.pid() ?? 0
  let rssMaxBytes = 0
  const sample = (): void => {
    rssMaxBytes = Math.max(rssMaxBytes, figuresOfTree(pid).rssBytes)
  }
  const timer = setInterval(sample, sampleMs)
  const cpuBeforeMs = figuresOfTree(pid).cpuMs
  const startedAtMs = performance.now()
  let done = 0
  let failed = 0
  for (const file of files) {
    const response = await fetch(`${world.api.url}/api/v1/assets/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/x-ndjson' },
      body: file,
    })
    const lines = (await response.text()).trimEnd().split('\n')
    const { summary } = JSON.parse(lines.at(-1) ?? '{}') as { summary: Record<string, number> }
    done += summary[expected] ?? 0
    failed += summary['failed'] ?? 0
  }
  const seconds = (performance.now() - startedAtMs) / 1_000
  clearInterval(timer)
  sample()
  const lines = done + failed
  return {
    seconds,
    linesPerSecond: lines / seconds,
    failed,
    rssMaxMb: rssMaxBytes / 2 ** 20,
    apiCpuUsPerLine: ((figuresOfTree(pid).cpuMs - cpuBeforeMs) * 1_000) / lines,
  }
}

export function printImport({ assets, created, unchanged }: ImportFigures): string {
  const line = (
    name: string,
    { seconds, linesPerSecond, failed, rssMaxMb, apiCpuUsPerLine }: Imported,
  ): string =>
    `${name}: ${seconds.toFixed(1)} s, ${linesPerSecond.toFixed(0)} lines/s, ${failed} failed, api ${apiCpuUsPerLine.toFixed(0)} µs of CPU a line and ${rssMaxMb.toFixed(0)} MB at most`
  return [`${assets} assets with a tag each`, line('made', created), line('unchanged', unchanged), ''].join(
    '\n',
  )
}
