/** The command `bin/stack`: words in, words out. All work is in stack.ts. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findPlaces, type Places } from './places.ts'
import { checkStack, startStack, stopStack, withoutPassword } from './stack.ts'
import { addressOf, envLines, readState } from './state.ts'

const usage = `bin/stack starts the infrastructure of this checkout: Kafka, schema registry, PostgreSQL, Redis.

  bin/stack up            start what isn't running, wait until all of it works
  bin/stack status        what runs where; exit code 1 when something doesn't
  bin/stack env           addresses for a shell: eval "$(bin/stack env)"
  bin/stack down          stop it, keep the data
  bin/stack down --wipe   stop it, remove the data

Data and logs: .stack in the checkout, or SCANHOOK_STACK_DIR. An address that is already in the environment
(KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL, REDIS_URL) is used instead of starting that piece.`

const say = (line: string): void => console.log(line)

async function main(args: readonly string[]): Promise<number> {
  const [command, ...options] = args
  const unknown = options.find((option) => !(command === 'down' && option === '--wipe'))
  if (unknown !== undefined) {
    console.error(`bin/stack ${command} doesn't know '${unknown}'\n\n${usage}`)
    return 2
  }
  const places = findPlaces(process.env)
  switch (command) {
    case 'up':
      return await up(places)
    case 'down':
      await stopStack(places, { wipe: options.includes('--wipe') }, say)
      return 0
    case 'status':
      return await status(places)
    case 'env':
      return env(places)
    default:
      console.error(usage)
      return command === 'help' || command === '--help' ? 0 : 2
  }
}

async function up(places: Places): Promise<number> {
  const startedAtMs = performance.now()
  await startStack(places, process.env, say)
  say(
    `all of it works after ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s; addresses: eval "$(bin/stack env)"`,
  )
  return 0
}

async function status(places: Places): Promise<number> {
  const found = await checkStack(places)
  for (const { piece, state, problem } of found) {
    const where =
      state === undefined || addressOf(state) === '' ? '' : ` ${withoutPassword(addressOf(state))}`
    const who =
      state?.given != null ? ' (given)' : state?.process == null ? '' : ` (pid ${state.process.pid})`
    say(`${piece.title}:${where}${who} ${problem ?? 'works'}`)
  }
  say(`data: ${places.stackDir}`)
  return found.every(({ problem }) => problem === null) ? 0 : 1
}

function env(places: Places): number {
  if (!existsSync(join(places.stackDir, 'env'))) {
    console.error(`nothing is started in ${places.stackDir}: run 'bin/stack up'`)
    return 1
  }
  for (const line of envLines(readState(places.stackDir))) {
    const equals = line.indexOf('=')
    say(`export ${line.slice(0, equals)}='${line.slice(equals + 1).replaceAll("'", "'\\''")}'`)
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
