/**
 * Programs out of Debian packages, without root and without installing anything: downloaded by apt-get, which checks them
 * against Debian's signatures, unpacked into the cache that bin/stack uses, once per machine. Knows no program.
 *
 * Invariants
 *   P1. A folder under its final name is complete: it is filled under another name and renamed.
 *   P2. What can't be had is a value with the reason and what to do, never an exception and never a wait without end.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPlaces } from '@scanhook/stack/places'

export type Provided =
  | { readonly kind: 'here'; readonly dir: string }
  | { readonly kind: 'missing'; readonly reason: string }

/** 20 MB take a second from a near mirror; a machine that needs longer than this has none. */
const downloadMaxMs = 120_000

const run = promisify(execFile)

/** The root of an unpacked tree that holds `packages` (names, or `name=version`). */
export async function provideDebian(name: string, packages: readonly string[]): Promise<Provided> {
  const { cacheDir } = findPlaces(process.env)
  const dir = join(cacheDir, `debian-${name}`)
  if (existsSync(dir)) return { kind: 'here', dir }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return missing(packages, 'this is no x86-64 Linux')
  const draft = `${dir}.${process.pid}`
  try {
    mkdirSync(draft, { recursive: true })
    await download(draft, packages)
    for (const file of readdirSync(draft).filter((each) => each.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(draft, file), draft], { timeout: downloadMaxMs })
      rmSync(join(draft, file))
    }
    if (!existsSync(dir)) renameSync(draft, dir)
    return { kind: 'here', dir }
  } catch (error) {
    return missing(packages, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function missing(packages: readonly string[], reason: string): Provided {
  return {
    kind: 'missing',
    reason: `${packages.join(', ')} could not be had (${reason}); on Debian or Ubuntu: apt-get install ${packages.join(' ')}`,
  }
}

/** With the lists of the machine; where they are old or missing, with lists of our own, which needs no root. */
async function download(into: string, packages: readonly string[]): Promise<void> {
  const options = { cwd: into, timeout: downloadMaxMs }
  try {
    await run('apt-get', ['-q', 'download', ...packages], options)
  } catch {
    const state = join(into, 'apt')
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true })
    const own = [
      ...['-o', `Dir::State::Lists=${join(state, 'lists')}`],
      ...['-o', `Dir::Cache=${state}`],
      ...['-o', 'Debug::NoLocking=true', '-o', 'APT::Sandbox::User='],
    ]
    await run('apt-get', ['-q', ...own, 'update'], options)
    await run('apt-get', ['-q', ...own, 'download', ...packages], options)
    rmSync(state, { recursive: true, force: true })
  }
}
