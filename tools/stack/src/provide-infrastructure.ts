/**
 * The door for tests: from wherever possible, the four addresses. First what the environment says, then this
 * checkout's stack when it is running, then containers where a container engine answers, then a native start.
 */
import type { Say } from './binaries.ts'
import { hasContainerEngine, startContainers } from './containers.ts'
import { findPlaces } from './places.ts'
import { isAlive } from './process-identity.ts'
import { checkStack, startStack, stopStack } from './stack.ts'
import { addressOf, type PieceName, pieceNames, type StackState, variableOf } from './state.ts'

export interface Infrastructure {
  /** KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL, REDIS_URL. */
  readonly addresses: Readonly<Record<string, string>>
  readonly source: 'environment' | 'running stack' | 'containers' | 'native'
  /** Ends what this call started; nothing else. */
  release(): Promise<void>
}

type Env = Readonly<Record<string, string | undefined>>

/** Resolves when all four pieces work. Throws with what is missing on this machine and how to get it. */
export async function provideInfrastructure(env: Env, say: Say): Promise<Infrastructure> {
  const given = Object.fromEntries(
    pieceNames.flatMap((name) => {
      const address = env[variableOf[name]]
      return address === undefined || address === '' ? [] : [[variableOf[name], address]]
    }),
  )
  const isAllGiven = pieceNames.every((name) => given[variableOf[name]] !== undefined)
  if (isAllGiven) return { addresses: given, source: 'environment', release: async () => undefined }

  const places = findPlaces(env)
  const before = await checkStack(places)
  const isAnyRunning = before.some(({ state }) => state?.process != null && isAlive(state.process))
  if (!isAnyRunning && (await hasContainerEngine(env))) {
    const containers = await startContainers(given, say)
    return { addresses: containers.addresses, source: 'containers', release: containers.stop }
  }
  const state = await startStack(places, env, say)
  return {
    addresses: addressesOf(state),
    source: isAnyRunning ? 'running stack' : 'native',
    release: async () => {
      if (!isAnyRunning) await stopStack(places, { wipe: false }, say)
    },
  }
}

function addressesOf(state: StackState): Record<string, string> {
  return Object.fromEntries(pieceNames.map((name) => [variableOf[name], addressIn(state, name)]))
}

function addressIn(state: StackState, name: PieceName): string {
  const piece = state[name]
  return piece === undefined ? '' : addressOf(piece)
}
