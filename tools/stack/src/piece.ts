/** What the stack has to know of a piece of infrastructure to start, check and stop it. */
import type { Command } from './processes.ts'
import type { PieceName } from './state.ts'

export interface PieceSetup {
  /** The unpacked binaries. */
  readonly binariesDir: string
  /** The piece's own folder; exists. */
  readonly dataDir: string
  readonly ports: readonly number[]
  readonly password: string
  /** Whom to run as when we are root and the piece refuses that. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
  /** What a start wants otherwise than a stack does; the fault matrix starts brokers behind proxies, and in threes. */
  readonly variant?: PieceVariant | undefined
}

export interface PieceVariant {
  /** Most memory for the heap of a Java piece. */
  readonly heapMb?: number
  /** `host:port` that Kafka tells its clients: that of a proxy before it. */
  readonly advertised?: string
  /** A broker of several; `voters` as `controller.quorum.voters` has them. */
  readonly cluster?: {
    readonly id: string
    readonly nodeId: number
    readonly voters: string
    readonly size: number
  }
  /** Where Kafka's log lies, when not in the data folder. */
  readonly logDir?: string
  /** Further lines of the configuration, by name; they win. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface Piece {
  readonly name: PieceName
  /** For people: 'Kafka 4.1'. */
  readonly title: string
  readonly portCount: number
  readonly needsJava: boolean
  readonly hasPassword: boolean
  /** True when the program refuses to run as root. */
  readonly refusesRoot: boolean
  /** Creates what a first start needs; does nothing when it is there. Safe to repeat after a crash in the middle. */
  readonly prepare: (setup: PieceSetup) => Promise<void>
  readonly command: (setup: PieceSetup) => Command
  readonly address: (setup: Pick<PieceSetup, 'ports' | 'password'>) => string
  /** One real round trip. Rejects with the reason when the piece doesn't work (yet). */
  readonly check: (address: string) => Promise<void>
  readonly stopSignal: NodeJS.Signals
  /** After this a stop becomes a kill. */
  readonly stopTimeoutMs: number
}

/** Java of JAVA_HOME, else the one on PATH. */
export function javaFile(): string {
  const home = process.env['JAVA_HOME']
  return home === undefined || home === '' ? 'java' : `${home}/bin/java`
}
