/** What a cell of the fault matrix is, and what its fault may use. */

import type { SeededRandom } from '@scanhook/replay/seeded-random'
import type { ServiceName } from '../harness/world.ts'
import type { CellWorld, ServiceOptions } from './cell-world.ts'
import type { ChaosStack } from './chaos-stack.ts'
import type { Expectations, FaultWindow, InvariantId } from './evidence.ts'
import type { BehaviourSpec } from './receivers.ts'

export interface CellContext {
  readonly stack: ChaosStack
  readonly world: CellWorld
  readonly seed: number
  /** From the seed of the cell. */
  readonly random: SeededRandom
  readonly timeScale: number
  /** Real time: a fault lasts as long as it lasts. */
  readonly sleep: (ms: number) => Promise<void>
  /** Awaits `act` and notes it as a fault from its beginning to its end: what heals it belongs inside. */
  readonly fault: (what: string, act: () => Promise<void>, options?: FaultOptions) => Promise<void>
  /** The faulty endpoints behave like this from now on; healed by itself at the end of the fault. */
  readonly behave: (spec: (index: number) => BehaviourSpec) => void
  /** A line in the output of the run, and in its kept log. */
  readonly say: (line: string) => void
  /** Something that must be true and is not: a violation of the named invariant, in words with ids. */
  readonly violated: (invariant: InvariantId, what: string) => void
  /** Something measured that belongs into the report. */
  readonly figure: (name: string, value: number | string) => void
}

export type FaultOptions = Pick<Partial<FaultWindow>, 'mayForgetAttempts' | 'isKill'>

export interface CellSetup {
  /** Default 1. With 3 the infrastructure is replaced for this cell. */
  readonly brokers?: 1 | 3
  /** The broker's log lies on a disk of this size; needs a mount namespace, and infrastructure of its own. */
  readonly brokerDiskMb?: number
  readonly endpointCount?: number
  readonly faultyCount?: number
  readonly assetCount?: number
  readonly eventsPerSecond?: number
  readonly timeScale?: number
  /** What the faulty endpoints do from the beginning; the mixture of `ordinaryFaults` unless given. */
  readonly behaviour?: (index: number) => BehaviourSpec
  readonly env?: Readonly<Record<string, string>>
  readonly services?: Readonly<Partial<Record<ServiceName, ServiceOptions>>>
  readonly gated?: readonly ServiceName[]
  /** The infrastructure is not fit for further cells afterwards. */
  readonly breaksStack?: boolean
  /** Seconds of load; the 30 s of the run unless the fault needs longer. */
  readonly seconds?: number
  /** Settings of Redis or PostgreSQL, set by a restart before the cell and undone by replacing the stack. */
  readonly redisSettings?: Readonly<Record<string, string>>
}

interface CellRow {
  readonly id: string
  /** The fault, in a few words, for the report. */
  readonly fault: string
  readonly invariants: readonly InvariantId[]
}

export type Cell = CellRow &
  (
    | {
        readonly setup?: CellSetup
        readonly expectations?: Omit<Expectations, 'invariants'>
        /** Called after the baseline window, while the load runs. When it resolves, everything is healed. */
        readonly run: (context: CellContext) => Promise<void>
        /** Called when the lag is gone, before the audit: what only this cell has to look at. */
        readonly check?: (context: CellContext) => Promise<void>
      }
    | {
        /** Why this machine can't run it, and what covers it meanwhile. */
        readonly cannot: string
      }
  )

export type RunnableCell = Extract<Cell, { readonly run: unknown }>

export const isRunnable = (cell: Cell): cell is RunnableCell => 'run' in cell
