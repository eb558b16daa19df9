/**
 * `npm run chaos`: runs cells of the fault matrix, says what was violated with coordinates and ids, keeps the results and writes
 * `docs/reliability.md`. Ends with code 1 when anything was violated, with `--break` when nothing was.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../harness/service-process.ts'
import { breakages } from './breakages.ts'
import { copySources, edit } from './broken-copy.ts'
import { isRunnable } from './cell.ts'
import { cells, chooseCells, quickIds } from './cells.ts'
import { type Asked, parseArguments } from './parse-arguments.ts'
import { renderReport } from './report.ts'
import { isHeld, type KeptResult, keepBreakage, keepResults, readBreakages, readResults } from './results.ts'
import { judgeAgain } from './run-cell.ts'
import { openMatrix, printResult } from './run-matrix.ts'

const asked = parseArguments(process.argv.slice(2))
const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

function writeReport(): void {
  writeFileSync(
    join(root, 'docs/reliability.md'),
    renderReport(cells, readResults(), { breakages, kept: readBreakages() }),
  )
}

function sourcesFor(name: string | null): { readonly from?: string; readonly remove: () => void } {
  if (name === null) return { remove: () => undefined }
  const breakage = breakages[name]
  if (breakage === undefined)
    throw new Error(`there is no breakage ${name}; there are ${Object.keys(breakages).join(', ')}`)
  // In the checkout: hard links need the same file system; not in node_modules, where Node strips no types.
  mkdirSync(join(root, '.run'), { recursive: true })
  const from = mkdtempSync(join(root, '.run/chaos-copy-'))
  copySources(from)
  for (const one of breakage.edits) edit(from, one)
  say(`broken on purpose: ${breakage.words}`)
  return { from, remove: () => rmSync(from, { recursive: true, force: true }) }
}

/** What is asked for by name, else what must notice the breakage, else the quick set; all of them when nothing is. */
function namesOf({ cells: named, breakage, isQuick }: Asked): readonly string[] {
  if (named.length > 0) return named
  if (breakage !== null) return breakages[breakage]?.cells ?? []
  return isQuick ? quickIds : []
}

async function runAll(options: Asked): Promise<readonly KeptResult[]> {
  const { breakage, seeds, firstSeed, seconds, isKeeping } = options
  const chosen = chooseCells(namesOf(options))
  const sources = sourcesFor(breakage)
  const matrix = openMatrix({
    folder: mkdtempSync(join(tmpdir(), 'scanhook-chaos-')),
    from: sources.from,
    commit: commit(),
    isKeeping,
    say,
  })
  const results: KeptResult[] = []
  try {
    for (const cell of chosen) {
      if (!isRunnable(cell)) {
        say(`${cell.id}: cannot run here: ${cell.cannot}`)
        continue
      }
      for (let seed = firstSeed; seed <= seeds; seed += 1) {
        const result = await matrix.run(cell, { seed, seconds })
        results.push(result)
        if (breakage === null) keepResults([result])
      }
    }
  } finally {
    await matrix.close()
    sources.remove()
  }
  return results
}

/** Whoever ends a run ends all that it started: services, infrastructure, load, receivers. By their parent, which is us. */
function endChildren(): void {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(parent) === process.pid) process.kill(Number(entry), 'SIGKILL')
    } catch {
      // It ended by itself between the two looks.
    }
  }
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    endChildren()
    process.exit(1)
  })

/** Its result replaces the one that was kept of that run, if there is one. */
function judgeKept(folder: string): void {
  const [, id = '', seed = ''] = /([^/]+)-seed-(\d+)\/?$/.exec(folder) ?? []
  const [cell] = chooseCells([id])
  if (cell === undefined || !isRunnable(cell)) throw new Error(`${folder} is no folder of a kept run`)
  const before = readResults().find((one) => one.cell === id && one.seed === Number(seed))
  const result: KeptResult = {
    ...(before ?? {
      cell: id,
      seed: Number(seed),
      at: new Date().toISOString(),
      commit: commit(),
      seconds: asked.seconds,
      tookS: 0,
    }),
    ...judgeAgain(cell, folder),
    error: null,
  }
  printResult(result, folder, say)
  if (before !== undefined) keepResults([result])
}

if (asked.judged !== null) judgeKept(asked.judged)
else if (asked.isReportOnly) writeReport()
else {
  const results = await runAll(asked)
  const bad = results.filter((result) => !isHeld(result))
  if (asked.isJson) process.stdout.write(`${JSON.stringify(results, null, 1)}\n`)
  if (asked.breakage === null) {
    writeReport()
    say(`${results.length - bad.length} passed, ${bad.length} failed`)
    process.exitCode = bad.length === 0 ? 0 : 1
  } else {
    // A cell that could not be judged has noticed nothing.
    const unjudged = bad.filter(({ error }) => error !== null).map(({ cell }) => cell)
    if (unjudged.length > 0) say(`not judged: ${unjudged.join(', ')}`)
    const caught = bad.flatMap(({ cell, judgements }) =>
      judgements
        .filter(({ verdict }) => verdict === 'violated')
        .map(({ invariant, violations }) => ({ cell, invariant, violation: violations[0] ?? '' })),
    )
    if (unjudged.length === 0)
      keepBreakage({
        breakage: asked.breakage,
        at: new Date().toISOString(),
        commit: commit(),
        noticed: caught,
      })
    const told = caught.map(({ cell, invariant, violation }) => `${invariant} in ${cell}: ${violation}`)
    say(`${asked.breakage}: ${told.length === 0 ? 'NOT NOTICED' : `noticed by\n  ${told.join('\n  ')}`}`)
    process.exitCode = caught.length === 0 ? 1 : 0
  }
}
