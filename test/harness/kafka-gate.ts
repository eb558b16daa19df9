/**
 * A door between one service and the broker that a test can hold: requests that write to the named topics wait in it,
 * while everything else (fetches, heartbeats, commits) passes. What a service committed although its writes were held
 * is then lost for certain when the service is killed, whatever the timing.
 *
 * Brokers tell clients where to go, so the gate rewrites the broker's port in those answers to its own.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { frameCutter } from './frame-cutter.ts'

export interface KafkaGate {
  /** `host:port` for KAFKA_BROKERS. */
  readonly address: string
  /** From now on, writes to any of these topics wait; replaces what was held before. */
  readonly hold: (topics: readonly string[]) => void
  /** Writes that were held since the gate was last open. */
  readonly heldCount: () => number
  /** Heartbeats of its consumers that passed so far: a measure of time that the service itself sets. */
  readonly heartbeatCount: () => number
  /** From now on, commits of its consumers wait, too. */
  readonly holdCommits: () => void
  /** Opens the gate and lets what was held through: late, as what a process had in flight when it stood still. */
  readonly deliver: () => void
  /** Opens the gate. What was held is thrown away, so call it when the service is dead: it never left the process. */
  readonly release: () => void
  readonly close: () => Promise<void>
}

const apiKeys = { produce: 0, metadata: 3, offsetCommit: 8, findCoordinator: 10, heartbeat: 12 } as const

/** A name as the protocol writes it: its length before it, so that no name is found within a longer one. */
function encodedName(name: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeInt16BE(Buffer.byteLength(name))
  return Buffer.concat([length, Buffer.from(name)])
}

function encodedAddress(host: string, port: number): Buffer {
  const encoded = Buffer.alloc(4)
  encoded.writeInt32BE(port)
  return Buffer.concat([Buffer.from(host), encoded])
}

/** Both addresses have the same host, so the frame keeps its length. */
function readdress(frame: Buffer, from: Buffer, to: Buffer): Buffer {
  const copy = Buffer.from(frame)
  for (let at = copy.indexOf(from); at !== -1; at = copy.indexOf(from, at + from.length)) to.copy(copy, at)
  return copy
}

class Gate {
  #names: readonly Buffer[] = []
  #held: (() => void)[] = []
  #isHoldingCommits = false
  #heartbeats = 0

  hold(topics: readonly string[]): void {
    this.#names = topics.map(encodedName)
  }

  holdCommits(): void {
    this.#isHoldingCommits = true
  }

  release(): void {
    this.#names = []
    this.#isHoldingCommits = false
    this.#held = []
  }

  deliver(): void {
    const held = this.#held
    this.release()
    for (const forward of held) forward()
  }

  heldCount(): number {
    return this.#held.length
  }

  heartbeatCount(): number {
    return this.#heartbeats
  }

  request(apiKey: number, frame: Buffer, forward: () => void): void {
    const isHeldWrite = apiKey === apiKeys.produce && this.#names.some((name) => frame.includes(name))
    if (isHeldWrite || (apiKey === apiKeys.offsetCommit && this.#isHoldingCommits)) {
      this.#held.push(forward)
      return
    }
    if (apiKey === apiKeys.heartbeat) this.#heartbeats += 1
    forward()
  }
}

export async function startKafkaGate(broker: string): Promise<KafkaGate> {
  const [host = '', port = ''] = broker.split(':')
  if (host !== '127.0.0.1') throw new Error(`the gate stands before a broker on 127.0.0.1, not ${host}`)
  const gate = new Gate()
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) })
    for (const socket of [near, far]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => open.delete(socket))
    }
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    const readdressed = new Set<number>()
    near.on(
      'data',
      frameCutter((frame) => {
        const apiKey = frame.readInt16BE(4)
        if (apiKey === apiKeys.metadata || apiKey === apiKeys.findCoordinator)
          readdressed.add(frame.readInt32BE(8))
        gate.request(apiKey, frame, () => void far.write(frame))
      }),
    )
    far.on(
      'data',
      frameCutter((frame) => {
        const namesBrokers = readdressed.delete(frame.readInt32BE(4))
        near.write(namesBrokers ? readdress(frame, theirs, own) : frame)
      }),
    )
  })
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve)
  })
  const ownPort = (server.address() as AddressInfo).port
  const theirs = encodedAddress(host, Number(port))
  const own = encodedAddress(host, ownPort)
  return {
    address: `${host}:${ownPort}`,
    hold: (topics) => gate.hold(topics),
    holdCommits: () => gate.holdCommits(),
    deliver: () => gate.deliver(),
    heldCount: () => gate.heldCount(),
    heartbeatCount: () => gate.heartbeatCount(),
    release: () => gate.release(),
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
