/**
 * A TCP proxy on loopback that does to a connection what networks do: delay, hold in one or both directions without a
 * word, reset, refuse, cut into single bytes; and, where it stands before Kafka, lose the acknowledgement of a write
 * that the broker has.
 *
 * Invariants
 *   F1. Bytes of one direction arrive in order and whole, or the connection ends: a network loses packets, TCP does not
 *       lose bytes in the middle. What is held is delivered at `heal`.
 *   F2. `heal` ends every fault, for connections that are open and for those to come.
 *   F3. A dropped acknowledgement was a produce response: the broker had persisted what it is about.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { frameCutter } from '../harness/frame-cutter.ts'

export type Direction = 'toServer' | 'toClient'

export interface Latency {
  readonly meanMs: number
  /** Each chunk is late by `meanMs` ± at most this. */
  readonly jitterMs: number
}

export interface FaultProxy {
  readonly port: number
  /** `127.0.0.1:port`. */
  readonly address: string
  readonly delay: (latency: Latency, directions?: readonly Direction[]) => void
  /** Reads no more in these directions, says nothing, keeps connections open and takes new ones: a blackhole with both. */
  readonly hold: (directions: readonly Direction[]) => void
  /** Ends what is open with RST, once. */
  readonly resetAll: () => void
  /** `resetAll` again and again until `heal`. */
  readonly storm: (everyMs: number) => void
  /** Ends what is open and every new connection. */
  readonly refuse: () => void
  /** The head of every chunk goes byte by byte. */
  readonly slice: (directions?: readonly Direction[]) => void
  /** Of every `nth` produce response nothing arrives, and its connection ends. Only where `isKafka`. */
  readonly dropProduceResponses: (nth: number) => void
  readonly heal: () => void
  /** New connections go to this port of loopback instead; those that are open end. */
  readonly leadTo: (port: number) => void
  /** Produce responses that were dropped, connections that were reset, ever. */
  readonly counts: () => { readonly dropped: number; readonly reset: number; readonly open: number }
  readonly close: () => Promise<void>
}

export interface FaultProxyOptions {
  readonly isKafka?: boolean
  /** A port that is told beforehand; a free one otherwise. */
  readonly port?: number
  /** In [0, 1); for jitter. */
  readonly random?: () => number
}

const bothDirections: readonly Direction[] = ['toServer', 'toClient']
/** Heads of frames are where parsers break; single bytes of whole bodies would only measure system calls. */
const slicedBytes = 24
/** More than this in a queue stops reading, as a full socket buffer would. */
const queueMaxBytes = 1_048_576

interface Faults {
  latency: ReadonlyMap<Direction, Latency>
  held: ReadonlySet<Direction>
  sliced: ReadonlySet<Direction>
  dropEvery: number
}

const noFaults = (): Faults => ({ latency: new Map(), held: new Set(), sliced: new Set(), dropEvery: 0 })

/** One direction of one connection. */
class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #direction: Direction
  readonly #faults: () => Faults
  readonly #random: () => number
  #queue: { chunk: Buffer; dueAtMs: number }[] = []
  #queuedBytes = 0
  #lastDueAtMs = 0
  #isRunning = false

  constructor(
    ends: { readonly from: Socket; readonly to: Socket },
    direction: Direction,
    environment: { readonly faults: () => Faults; readonly random: () => number },
  ) {
    this.#from = ends.from
    this.#to = ends.to
    this.#direction = direction
    this.#faults = environment.faults
    this.#random = environment.random
  }

  take(chunk: Buffer): void {
    const latency = this.#faults().latency.get(this.#direction)
    const lateMs =
      latency === undefined ? 0 : Math.max(0, latency.meanMs + (2 * this.#random() - 1) * latency.jitterMs)
    this.#lastDueAtMs = Math.max(this.#lastDueAtMs, performance.now() + lateMs) // F1
    this.#queue.push({ chunk, dueAtMs: this.#lastDueAtMs })
    this.#queuedBytes += chunk.length
    if (this.#queuedBytes > queueMaxBytes) this.#from.pause()
    this.wake()
  }

  /** Looks again at what is held; called when faults change. */
  wake(): void {
    if (this.#faults().held.has(this.#direction)) {
      this.#from.pause()
      return
    }
    if (this.#queuedBytes <= queueMaxBytes && this.#from.isPaused()) this.#from.resume()
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (;;) {
      const head = this.#queue[0]
      if (head === undefined || this.#to.destroyed || this.#faults().held.has(this.#direction)) break
      const waitMs = head.dueAtMs - performance.now()
      if (waitMs > 0) {
        await new Promise<void>((resolve) => {
          setTimeout(resolve, waitMs)
        })
        continue
      }
      this.#queue.shift()
      this.#queuedBytes -= head.chunk.length
      await this.#write(head.chunk)
      if (this.#queuedBytes <= queueMaxBytes && this.#from.isPaused()) this.wake()
    }
    this.#isRunning = false
  }

  async #write(chunk: Buffer): Promise<void> {
    let rest = chunk
    if (this.#faults().sliced.has(this.#direction)) {
      for (let at = 0; at < Math.min(slicedBytes, chunk.length); at += 1) {
        this.#to.write(chunk.subarray(at, at + 1))
        await new Promise<void>((resolve) => {
          setImmediate(resolve)
        })
      }
      rest = chunk.subarray(slicedBytes)
    }
    if (rest.length === 0 || this.#to.destroyed || this.#to.write(rest)) return
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#to.off('drain', go).off('close', go)
        resolve()
      }
      this.#to.on('drain', go).on('close', go)
    })
  }
}

const produceKey = 0

export async function startFaultProxy(
  target: { readonly host: string; readonly port: number },
  { isKafka = false, port: wantedPort = 0, random = Math.random }: FaultProxyOptions = {},
): Promise<FaultProxy> {
  let faults = noFaults()
  let isRefusing = false
  let stormTimer: NodeJS.Timeout | undefined
  let dropped = 0
  let produced = 0
  let reset = 0
  const open = new Set<Socket>()
  const lanes = new Set<Lane>()
  const environment = { faults: () => faults, random }

  const resetAll = (): void => {
    for (const socket of open) {
      reset += 1
      socket.resetAndDestroy()
    }
  }
  const change = (next: Partial<Faults>): void => {
    faults = { ...faults, ...next }
    for (const lane of lanes) lane.wake()
  }
  const keep = (socket: Socket): void => {
    open.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((near) => {
    keep(near)
    if (isRefusing) {
      near.resetAndDestroy()
      return
    }
    const far = connect(target)
    keep(far)
    const up = new Lane({ from: near, to: far }, 'toServer', environment)
    const down = new Lane({ from: far, to: near }, 'toClient', environment)
    lanes.add(up)
    lanes.add(down)
    const produces = new Set<number>()
    near.on(
      'data',
      isKafka
        ? frameCutter((frame) => {
            if (frame.readInt16BE(4) === produceKey) produces.add(frame.readInt32BE(8))
            up.take(frame)
          })
        : (chunk: Buffer) => up.take(chunk),
    )
    far.on(
      'data',
      isKafka
        ? frameCutter((frame) => {
            const isProduce = produces.delete(frame.readInt32BE(4))
            if (isProduce && faults.dropEvery > 0) {
              produced += 1
              if (produced % faults.dropEvery === 0) {
                dropped += 1 // F3
                near.resetAndDestroy()
                return
              }
            }
            down.take(frame)
          })
        : (chunk: Buffer) => down.take(chunk),
    )
    const end = (): void => {
      lanes.delete(up)
      lanes.delete(down)
    }
    near.on('close', () => {
      end()
      far.destroy()
    })
    far.on('close', () => {
      end()
      // Held: nobody is told that the other side is gone.
      if (!faults.held.has('toClient')) near.destroy()
    })
    up.wake()
    down.wake()
  })
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail).listen(wantedPort, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const heal = (): void => {
    clearInterval(stormTimer)
    isRefusing = false
    change(noFaults())
  }
  return {
    port,
    address: `127.0.0.1:${port}`,
    delay: (latency, directions = bothDirections) =>
      change({ latency: new Map(directions.map((direction) => [direction, latency])) }),
    hold: (directions) => change({ held: new Set(directions) }),
    resetAll,
    storm: (everyMs) => {
      clearInterval(stormTimer)
      resetAll()
      stormTimer = setInterval(resetAll, everyMs)
    },
    refuse: () => {
      isRefusing = true
      resetAll()
    },
    slice: (directions = bothDirections) => change({ sliced: new Set(directions) }),
    dropProduceResponses: (nth) => change({ dropEvery: nth }),
    heal,
    leadTo: (to) => {
      target = { ...target, port: to }
      resetAll()
    },
    counts: () => ({ dropped, reset, open: open.size }),
    close: async () => {
      heal()
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
