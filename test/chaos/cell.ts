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

/** What a cell opens before the services are there, because their environment names it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  /** Ports of loopback that deliveries may reach, beside those of the receivers. */
  readonly targets: readonly number[]
  readonly close: () => Promise<void>
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
        /** Called first; closed when everything else is. */
        readonly surround?: () => Promise<Surroundings>
        readonly expectations?: Omit<Expectations, 'invariants'>
        /** Called after the baseline window, while the load runs. When it resolves, everything is healed. */
        readonly run: (context: CellContext) => Promise<void>
        /** Called when the lag is gone, before the audit: what only this cell has to look at. */
        readonly check?: (context: CellContext) => Promise<void>
      }
    | {
        /** Why it is not run (this machine can't, or there is no cell yet), and what covers it meanwhile. */
        readonly cannot: string
      }
  )

export type RunnableCell = Extract<Cell, { readonly run: unknown }>

export const isRunnable = (cell: Cell): cell is RunnableCell => 'run' in cell

type Row = CellRow & Pick<RunnableCell, 'setup' | 'expectations'>

/** A cell with surroundings that its fault and its check need. */
export function surrounded<T extends Surroundings>(
  row: Row,
  open: () => Promise<T>,
  acts: {
    readonly run: (context: CellContext, own: T) => Promise<void>
    readonly check?: (context: CellContext, own: T) => Promise<void>
  },
): Cell {
  let opened: T | null = null
  const own = (): T => {
    if (opened === null) throw new Error(`${row.id} has no surroundings`)
    return opened
  }
  return {
    ...row,
    surround: async () => {
      opened = await open()
      return opened
    },
    run: (context) => acts.run(context, own()),
    check: async (context) => acts.check?.(context, own()),
  }
}
