/** Several cells after each other on infrastructure that is kept as long as it is healthy. Owns when it is replaced, and what of a run is kept. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../harness/service-process.ts'
import type { CellSetup, RunnableCell } from './cell.ts'
import { type ChaosStack, openChaosStack } from './chaos-stack.ts'
import { isHeld, type KeptResult } from './results.ts'
import { runCell } from './run-cell.ts'

export interface Matrix {
  /** Never rejects for what a cell does: an error is part of the result. */
  readonly run: (
    cell: RunnableCell,
    options: { readonly seed: number; readonly seconds: number },
  ) => Promise<KeptResult>
  readonly close: () => Promise<void>
}

export interface MatrixOptions {
  readonly folder: string
  /** Sources to run instead of this checkout. */
  readonly from?: string | undefined
  readonly commit: string
  readonly isKeeping: boolean
  readonly say: (line: string) => void
}

async function isHealthy(stack: ChaosStack): Promise<boolean> {
  const nodes = [...stack.brokers, stack.redis, stack.postgres, stack.registry]
  for (const { proxy } of nodes) proxy.heal()
  try {
    await Promise.all(nodes.map((node) => node.works()))
    return true
  } catch {
    return false
  }
}

export function openMatrix(options: MatrixOptions): Matrix {
  const { folder, say } = options
  let stack: { readonly open: ChaosStack; readonly brokerCount: number } | null = null
  let stackCount = 0
  let isAnythingKept = false

  const closeStack = async (): Promise<void> => {
    await stack?.open.close()
    if (stack !== null) rmSync(stack.open.folder, { recursive: true, force: true })
    stack = null
  }
  const provide = async ({ brokers: brokerCount = 1, brokerDiskMb }: CellSetup): Promise<ChaosStack> => {
    if (
      brokerDiskMb === undefined &&
      stack !== null &&
      stack.brokerCount === brokerCount &&
      (await isHealthy(stack.open))
    )
      return stack.open
    await closeStack()
    stackCount += 1
    // PostgreSQL runs as another user where we are root, and a folder of `mkdtemp` is closed to it.
    const place = join('/var/tmp', `scanhook-chaos-${process.pid}-${stackCount}`)
    const open = await openChaosStack({ folder: place, brokerCount, brokerDiskMb })
    stack = { open, brokerCount }
    return open
  }
  return {
    run: async (cell, { seed, seconds }) => {
      const startedAt = performance.now()
      const own = join(folder, `${cell.id}-seed-${seed}`)
      mkdirSync(own, { recursive: true })
      say(`\n${cell.id} seed ${seed}: ${cell.fault}`)
      const kept = { cell: cell.id, seed, at: new Date().toISOString(), commit: options.commit, seconds }
      let result: KeptResult
      try {
        const at = await provide(cell.setup ?? {})
        const { judgements, figures, faults } = await runCell(cell, at, {
          seed,
          seconds,
          folder: own,
          from: options.from,
          say: (line) => say(`  ${line}`),
        })
        const tookS = Math.round((performance.now() - startedAt) / 1_000)
        result = { ...kept, faults, judgements, figures, tookS, error: null }
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
        const tookS = Math.round((performance.now() - startedAt) / 1_000)
        result = {
          ...kept,
          faults: [],
          judgements: [],
          figures: {},
          tookS,
          error: text.split('\n')[0]?.replaceAll(root, '.') ?? '',
        }
        say(text)
        // Whatever it was, the next cell begins with something that works.
        await closeStack()
      }
      if (cell.setup?.breaksStack === true) await closeStack()
      printResult(result, own, say)
      if (isHeld(result) && !options.isKeeping) rmSync(own, { recursive: true, force: true })
      else isAnythingKept = true
      return result
    },
    close: async () => {
      await closeStack()
      if (!isAnythingKept) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function printResult(result: KeptResult, folder: string, say: (line: string) => void): void {
  const { judgements, error, tookS, seed, cell, figures } = result
  if (error !== null) say(`  NOT JUDGED after ${tookS} s (seed ${seed}), logs in ${folder}: ${error}`)
  for (const { invariant, verdict, violations, violationCount, figures: own } of judgements) {
    const told = Object.entries(own)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
    say(`  ${invariant} ${verdict}${told === '' ? '' : `: ${told}`}`)
    for (const violation of violations) say(`      ${violation}`)
    if (violationCount > violations.length) say(`      … and ${violationCount - violations.length} more`)
  }
  for (const [name, value] of Object.entries(figures)) say(`  ${name}: ${value}`)
  if (error === null)
    say(
      isHeld(result)
        ? `  ${cell} held after ${tookS} s`
        : `  ${cell} VIOLATED after ${tookS} s (seed ${seed}), logs and ledgers in ${folder}`,
    )
}
