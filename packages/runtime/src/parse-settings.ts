/**
 * One environment for several services: every service gets its own typed part, and every problem of every service
 * is in one list. Pure.
 */
import { type Config, parseEnv, type Settings } from '@scanhook/config/settings'
import type { ServiceDefinition } from './service.ts'
import { runtimeSettings } from './settings.ts'

export type Env = Readonly<Record<string, string | undefined>>

export type ParsedSettings =
  | {
      readonly ok: true
      readonly runtime: Config<typeof runtimeSettings>
      /** In the order of the definitions; frozen. */
      readonly services: readonly Config<Settings>[]
    }
  | { readonly ok: false; readonly problems: readonly string[] }

/** A setting that is not given takes what another one was given: `{ PRODUCER_PORT: 'API_PORT' }`. */
export type StandIns = Readonly<Record<string, string>>

/** Parses all settings of all `definitions` from `env`. Never throws. */
export function parseSettings(
  definitions: readonly ServiceDefinition[],
  givenEnv: Env,
  standIns: StandIns = {},
): ParsedSettings {
  const env = withStandIns(givenEnv, standIns)
  const runtime = parseEnv(runtimeSettings, env)
  const services = definitions.map((definition) => parseEnv(definition.settings, env))
  const problems = new Map<string, string>()
  for (const parsed of [runtime, ...services]) {
    if (parsed.ok) continue
    // Several services may have one setting, each in its own words; a person mends it once.
    for (const { setting, message } of parsed.problems)
      problems.set(setting, problems.get(setting) ?? message)
  }
  if (!runtime.ok || problems.size > 0) return { ok: false, problems: [...problems.values()] }
  return {
    ok: true,
    runtime: Object.freeze(runtime.config),
    services: services.flatMap((parsed) => (parsed.ok ? [Object.freeze(parsed.config)] : [])),
  }
}

function withStandIns(env: Env, standIns: StandIns): Env {
  const filled: Record<string, string | undefined> = { ...env }
  for (const [name, standIn] of Object.entries(standIns)) {
    if (filled[name] === undefined || filled[name] === '') filled[name] = env[standIn]
  }
  return filled
}

/** All problems as one text for a person, each naming its variable. */
export function renderProblems(name: string, problems: readonly string[]): string {
  const count = problems.length === 1 ? '1 setting is wrong' : `${problems.length} settings are wrong`
  return [`${name} can't start: ${count}`, ...problems.map((problem) => `  ${problem}`), ''].join('\n')
}
