/** The words of `bin/up` → what is wanted, or what is wrong with them. Pure. */
export type Wanted =
  | { readonly kind: 'help' }
  | { readonly kind: 'down' }
  | {
      readonly kind: 'up'
      /** A recording or a BLE walk; null for the simulated warehouse. */
      readonly replayFile: string | null
      /** How many times faster than recorded. */
      readonly speed: number
      /** Seconds of the recording to leave out at its beginning. */
      readonly offsetS: number
      readonly isDetached: boolean
    }

export type ParsedArguments =
  | { readonly ok: true; readonly wanted: Wanted }
  | { readonly ok: false; readonly problem: string }

export const usage = `bin/up shows Scanhook at work on this machine: infrastructure, all services in one process, a demo
organization with an endpoint at the built-in inspector, and reads that lead to signed webhooks.

  bin/up                      a simulated warehouse, until Ctrl-C
  bin/up --replay FILE        a recording of reads (packages/replay/README.md), or a BLE walk (*.mbd, *.mbd.gz with
                              tetam.dev beside it), with its own timing
  bin/up --speed N            N times faster (recordings: with the recorded times; simulation: N times as many reads)
  bin/up --offset S           leave out the first S seconds of the recording
  bin/up --detach             return once the first delivery is verified, and leave everything running
  bin/up --down               end everything that bin/up started here

Addresses and the demo key: .run/up.env. Logs: .run/*.log.`

/** The fastest that Kafka and a single process on this machine could follow is far below. */
const speedMax = 10_000

export function parseArguments(args: readonly string[]): ParsedArguments {
  const found = new Map<string, string>()
  const words = [...args]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [name, attached] = splitOnce(word)
    if (flags.includes(name) && attached === undefined) {
      found.set(name, '')
      continue
    }
    if (!withValue.includes(name)) return { ok: false, problem: `bin/up doesn't know '${word}'` }
    const value = attached ?? words.shift()
    if (value === undefined || value === '') return { ok: false, problem: `${name} needs a value` }
    found.set(name, value)
  }
  if (found.has('--help') || found.has('-h')) return { ok: true, wanted: { kind: 'help' } }
  if (found.has('--down')) {
    if (found.size > 1) return { ok: false, problem: '--down goes alone' }
    return { ok: true, wanted: { kind: 'down' } }
  }
  return upOf(found)
}

const flags: readonly string[] = ['--help', '-h', '--down', '--detach']
const withValue: readonly string[] = ['--replay', '--speed', '--offset']

function splitOnce(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf('=')
  return equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)]
}

function upOf(found: ReadonlyMap<string, string>): ParsedArguments {
  const speed = numberOf(found.get('--speed') ?? '1')
  if (speed === null || speed <= 0 || speed > speedMax) {
    return { ok: false, problem: `--speed must be a number above 0 and at most ${speedMax}` }
  }
  const offsetS = numberOf(found.get('--offset') ?? '0')
  if (offsetS === null) return { ok: false, problem: '--offset must be a number of seconds' }
  const replayFile = found.get('--replay') ?? null
  if (replayFile === null && offsetS > 0) return { ok: false, problem: '--offset goes with --replay' }
  return { ok: true, wanted: { kind: 'up', replayFile, speed, offsetS, isDetached: found.has('--detach') } }
}

function numberOf(text: string): number | null {
  return /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : null
}
