/** Kept results become the page `docs/reliability.md`. Pure but for reading nothing: text in, text out. */

import type { Breakage } from './breakages.ts'
import { type Cell, isRunnable } from './cell.ts'
import { isHeld, type KeptBreakage, type KeptResult } from './results.ts'

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Figures that say something about one invariant each; others stay in results.json. */
const shownFigures: readonly (readonly [invariant: string, name: string, words: string])[] = [
  ['I1', 'deliveries', 'delivered'],
  ['I3', 'duplicate requests', 'repeated'],
  ['I4', 'p99 before ms', 'p99 before, ms'],
  ['I4', 'p99 during ms', 'p99 during, ms'],
  ['I4', 'served during', 'served during'],
  ['I6', 'late p99 ms', 'retries late p99, ms'],
  ['I7', 'records below them checked', 'records below commits'],
  ['I8', 'drained after s', 'drained after, s'],
  ['I9', 'RSS max MiB', 'RSS max, MiB'],
  ['I10', 'not in the log', 'not in the log'],
]

function spread(values: readonly (number | string)[]): string {
  const distinct = [...new Set(values.map(String))]
  return distinct.length <= 1 ? (distinct[0] ?? '') : distinct.join(' / ')
}

function figuresOf(results: readonly KeptResult[]): string {
  const common = shownFigures.flatMap(([invariant, name, words]) => {
    const values = results.flatMap(({ judgements }) => {
      const value = judgements.find((one) => one.invariant === invariant)?.figures[name]
      return value === undefined ? [] : [value]
    })
    return values.length === 0 ? [] : [`${words}: ${spread(values)}`]
  })
  const names = new Set(results.flatMap(({ figures }) => Object.keys(figures)))
  const own = [...names].map(
    (name) =>
      `${name}: ${spread(results.flatMap(({ figures }) => (figures[name] === undefined ? [] : [figures[name]])))}`,
  )
  return [...common, ...own].join('; ')
}

function verdictOf(results: readonly KeptResult[]): string {
  if (results.length === 0) return 'not run yet'
  const bad = results.filter((one) => !isHeld(one))
  const seeds = `${results.length} seed${results.length === 1 ? '' : 's'}`
  if (bad.length === 0) return `held, ${seeds}`
  const what = bad.map(({ seed, judgements, error }) =>
    error === null
      ? `seed ${seed}: ${judgements
          .filter(({ verdict }) => verdict === 'violated')
          .map(({ invariant, violations }) => `${invariant} (${violations[0] ?? ''})`)
          .join(', ')}`
      : `seed ${seed} was not judged: ${error.split('\n')[0]}`,
  )
  return `**violated**: ${what.join('; ')}`
}

function renderBreakages(
  breakages: Readonly<Record<string, Breakage>>,
  kept: readonly KeptBreakage[],
): string {
  const rows = Object.entries(breakages).map(([name, { words }]) => {
    const found = kept.find(({ breakage }) => breakage === name)
    const noticed =
      found === undefined
        ? 'not run yet'
        : found.noticed.length === 0
          ? '**nobody**'
          : found.noticed
              .map(({ cell, invariant, violation }) => `${invariant} in ${cell}: ${violation}`)
              .join('; ')
    return `| \`${name}\` | ${escaped(words)} | ${escaped(noticed)} |`
  })
  return `## Promises broken on purpose

\`npm run chaos -- --break NAME\` runs the services from a copy of the sources with one mistake in it: the matrix must notice.

| breakage | what somebody might have written | noticed by |
|---|---|---|
${rows.join('\n')}
`
}

export function renderReport(
  cells: readonly Cell[],
  results: readonly KeptResult[],
  broken: { readonly breakages: Readonly<Record<string, Breakage>>; readonly kept: readonly KeptBreakage[] },
): string {
  const runnable = cells.filter(isRunnable)
  const rows = runnable.map((cell) => {
    const own = results.filter((one) => one.cell === cell.id)
    return `| ${cell.id} | ${escaped(cell.fault)} | ${cell.invariants.join(' ')} | ${escaped(verdictOf(own))} | ${escaped(figuresOf(own))} |`
  })
  const others = cells.flatMap((cell) =>
    isRunnable(cell) ? [] : [`| ${cell.id} | ${escaped(cell.fault)} | ${escaped(cell.cannot)} |`],
  )
  const known = results.filter(({ cell }) => runnable.some(({ id }) => id === cell))
  const dates = known.map(({ at }) => at.slice(0, 10)).toSorted()
  const commits = [...new Set(known.map(({ commit }) => commit))]
  const held = known.filter(isHeld).length
  return `# Reliability: the fault matrix

<!-- Written by \`npm run chaos -- --report\` from test/chaos/results.json. -->

Each row is a fault done to a whole Scanhook of separate processes under load, and what was checked afterwards from ledgers
that the product cannot touch. Anyone can run it: \`npm run chaos -- --cells B1\` (test/chaos/README.md).

${known.length} runs of ${new Set(known.map(({ cell }) => cell)).size} cells, ${held} held all they were judged by. Run from ${dates[0] ?? 'never'} to ${dates.at(-1) ?? 'never'}, sources ${commits.join(', ') || 'none'}.

| | invariant |
|---|---|
| I1 | all that was acknowledged arrives at every matching endpoint, or ends in a terminal record |
| I2 | nothing is delivered that does not follow from the ledger; ids are worked out anew |
| I3 | what comes twice has the same id and body; no more comes twice than was under way at the fault |
| I4 | healthy endpoints: p99 during the fault at most twice the one before (1 s is never slow), throughput ≥ 90 %; judged where the row names it |
| I5 | every signature is valid and in tolerance when it arrives |
| I6 | no attempt before it is due, none later than the smallest tier + 5 s |
| I7 | nothing is committed, at any of the samples 200 ms apart, before what follows it is durable |
| I8 | 60 s after healing there is no lag, and nobody restarted anything |
| I9 | memory, files, requests under way and the age of the oldest uncommitted delivery stay under their caps |
| I10 | the log tells what the receivers saw, but for what was under way when a dispatcher was killed |
| I11 | nobody connects to the canaries |
| I12 | the reconciler, which looks after healing, finds nothing missing and nothing overdue |

All of them are judged in every row; the column names those that the row is about. Several figures are several seeds.

| cell | fault | about | verdict | figures |
|---|---|---|---|---|
${rows.join('\n')}

${others.length === 0 ? '' : `## What this machine cannot run\n\n| cell | fault | why |\n|---|---|---|\n${others.join('\n')}\n`}
${renderBreakages(broken.breakages, broken.kept)}`
}
