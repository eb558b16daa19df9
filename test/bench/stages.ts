/** Who works on the way of a read, and what each costs. */
import type { World } from '../harness/world.ts'
import { figuresOfTree, type ProcessFigures, pidListeningOn } from './process-figures.ts'

export const stageNames = ['producer', 'tracker', 'broker', 'redis', 'postgres'] as const
export type StageName = (typeof stageNames)[number]

export type Stages = ReadonlyMap<StageName, ProcessFigures>

/** Stages that run on this machine; those of an infrastructure elsewhere are left out. */
export function stageReader(world: World): () => Stages {
  const pids: readonly (readonly [StageName, number | null])[] = [
    ['producer', world.services.producer.pid()],
    ['tracker', world.services.tracker.pid()],
    ['broker', pidOf(process.env['KAFKA_BROKERS'] ?? '', 9_092)],
    ['redis', pidOf(process.env['REDIS_URL'] ?? '', 6_379)],
    ['postgres', pidOf(process.env['POSTGRES_URL'] ?? '', 5_432)],
  ]
  return () =>
    new Map(pids.flatMap(([name, pid]) => (pid === null ? [] : [[name, figuresOfTree(pid)] as const])))
}

function pidOf(address: string, defaultPort: number): number | null {
  const url = new URL(address.includes('://') ? address : `tcp://${address}`)
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  return isHere ? pidListeningOn(Number(url.port) || defaultPort) : null
}
