/** How much of the machine somebody else used meanwhile: what says how far a figure can be trusted. */
import { infrastructurePids } from './infrastructure-pids.ts'
import { figuresOfTree, machineCpuMs } from './process-figures.ts'

/** From now on; what it returns is the others' share of all cores' time since then, 0 to 1. */
export function startForeignCount(): () => number {
  const pids = [process.pid, ...infrastructurePids().flatMap(([, pid]) => pid ?? [])]
  const read = (): { readonly own: number; readonly busy: number; readonly all: number } => {
    const { busyMs, allMs } = machineCpuMs()
    return { own: figuresOfTree(...pids).cpuMs, busy: busyMs, all: allMs }
  }
  const before = read()
  return () => {
    const after = read()
    const foreignMs = after.busy - before.busy - (after.own - before.own)
    return Math.max(0, foreignMs) / (after.all - before.all)
  }
}
