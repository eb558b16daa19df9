/** Who works on the way of a read, and what each costs. */
import type { World } from '../harness/world.ts'
import { infrastructurePids } from './infrastructure-pids.ts'
import { figuresOfTree, type ProcessFigures } from './process-figures.ts'

export const stageNames = ['producer', 'tracker', 'broker', 'redis', 'postgres'] as const
export type StageName = (typeof stageNames)[number]

export type Stages = ReadonlyMap<StageName, ProcessFigures>

/** Stages that run on this machine; those of an infrastructure elsewhere are left out. */
export function stageReader(world: World): () => Stages {
  const pids: readonly (readonly [StageName, number | null])[] = [
    ['producer', world.services.producer.pid()],
    ['tracker', world.services.tracker.pid()],
    ...infrastructurePids(),
  ]
  return () =>
    new Map(pids.flatMap(([name, pid]) => (pid === null ? [] : [[name, figuresOfTree(pid)] as const])))
}
