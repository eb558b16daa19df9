/** One seed from beginning to end: its world, and where it asks for the comparison the same world in peace. */
import { compareWaits, type Violation } from './auditor.ts'
import { scenarioOf, withoutHanging } from './scenario.ts'
import { type Outcome, World, type WorldOptions } from './world.ts'

export interface SeedResult {
  readonly outcome: Outcome
  /** Null: every promise held. */
  readonly broken: Violation | null
  /** Worst wait of a healthy endpoint without and with hanging neighbours; null when this was not asked. */
  readonly waits: { readonly calmMs: number; readonly stormyMs: number } | null
}

export async function runSeed(seed: number, options: WorldOptions = {}): Promise<SeedResult> {
  const scenario = scenarioOf(seed)
  const outcome = await new World(scenario, options).run()
  const broken = outcome.violations[0] ?? null
  if (broken !== null || scenario.kind === 'storm') return { outcome, broken, waits: null }
  const calm = await new World(withoutHanging(scenario), { breakage: options.breakage }).run()
  const healthy = scenario.endpoints.filter(({ phases }) => phases.length === 0)
  const waits = compareWaits(
    calm.waits,
    outcome.waits,
    healthy.map(({ endpoint }) => endpoint.id),
  )
  const what = `healthy endpoints wait ${waits.stormyMs} ms, ${waits.calmMs} ms without those that hang`
  return {
    outcome,
    broken: waits.isWorse ? { promise: 'P3', what, atMs: scenario.calmAtMs } : null,
    waits,
  }
}

/** What to do with a seed that failed. */
export function howToReplay(seed: number): string {
  return `node test/simulation/replay.ts ${seed}`
}
