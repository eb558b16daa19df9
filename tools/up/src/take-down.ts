/** Ends what `bin/up` started here, in the order of the flow: no new reads, then the services, then what they use. */
import { findPlaces } from '@scanhook/stack/places'
import { isAlive } from '@scanhook/stack/process-identity'
import { stopProcess } from '@scanhook/stack/processes'
import { stopStack } from '@scanhook/stack/stack'
import type { RunFolder } from './run-folder.ts'

export interface TakeDown {
  readonly app: boolean
  readonly feed: boolean
  readonly stack: boolean
}

/** The runtime's own deadline for draining, and a little more. */
export const appStopMs: number = 25_000

/** Says what it ended. What did not run is left unsaid. */
export async function takeDown(
  folder: RunFolder,
  what: TakeDown,
  context: {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly say: (line: string) => void
  },
): Promise<void> {
  const { env, say } = context
  const state = folder.read()
  if (state === null) return
  if (what.feed && state.feed !== null && isAlive(state.feed)) {
    await stopProcess(state.feed, 'SIGTERM', 5_000)
    say('reads: ended')
  }
  if (what.app && state.app !== null && isAlive(state.app)) {
    const ending = await stopProcess(state.app, 'SIGTERM', appStopMs)
    say(
      ending === 'killed'
        ? `services: killed, they did not stop within ${appStopMs / 1_000} s`
        : 'services: stopped',
    )
  }
  if (what.stack && state.startedStackDir !== null) {
    await stopStack(findPlaces({ ...env, SCANHOOK_STACK_DIR: state.startedStackDir }), { wipe: false }, say)
  }
  if (what.app) folder.removeEnv()
  folder.write({
    ...state,
    app: what.app ? null : state.app,
    feed: what.feed ? null : state.feed,
    startedStackDir: what.stack ? null : state.startedStackDir,
  })
}
