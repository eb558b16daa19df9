/** How a command of the operator ends: 0 and 1 are its answers, 2 says on stderr why there is none. */
import { type Config, parseEnv, type Settings } from '@scanhook/config/settings'

/** Ends the process: nothing was looked at. */
export function refuse(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(2)
}

/** Runs with the settings in `env`; all that are wrong are named at once. */
export async function runCommand<S extends Settings>(
  settings: S,
  env: Readonly<Record<string, string | undefined>>,
  run: (config: Config<S>) => Promise<0 | 1>,
): Promise<void> {
  const parsed = parseEnv(settings, env)
  if (!parsed.ok) refuse(parsed.problems.map(({ message }) => message).join('\n'))
  try {
    process.exitCode = await run(parsed.config)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}
