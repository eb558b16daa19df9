/** CPU of a world's services between two moments. */
import type { ServiceName, World } from '../harness/world.ts'
import { figuresOfTree } from './process-figures.ts'

const cpuMsOf = (pid: number | null): number => (pid === null ? 0 : figuresOfTree(pid).cpuMs)

/** From now on; what it returns gives the µs of each service since then, divided by `count`. */
export function startCpuCount(
  world: World,
  names: readonly ServiceName[],
): (count: number) => Readonly<Record<string, number>> {
  const read = (): readonly number[] => names.map((name) => cpuMsOf(world.services[name].pid()))
  const before = read()
  return (count) => {
    const after = read()
    return Object.fromEntries(
      names.map((name, index) => [name, (((after[index] ?? 0) - (before[index] ?? 0)) * 1_000) / count]),
    )
  }
}
