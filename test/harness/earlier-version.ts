/**
 * The version before the newest change of what two versions share (tables, topics, schemas, announcements), unpacked beside
 * this one: what an operator upgrades from. Needs the history of the repository.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { linkModules } from './link-modules.ts'
import { root } from './service-process.ts'

const run = promisify(execFile)

/** Whatever one version writes and another one reads. */
const shared = ['packages/postgres/migrations', 'packages/schemas', 'packages/redis']

/** What only builds or tests is left out (213 of 775 MB stay); what this checkout has installed need not be fetched again. */
const installForRunning = [
  'ci',
  '--omit=dev',
  '--prefer-offline',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
]

/** The commit to upgrade from: `UPGRADE_FROM`, else the one before the newest that touched what is shared; null: no history. */
export async function earlierCommit(): Promise<string | null> {
  try {
    const named = process.env['UPGRADE_FROM']
    const newest = named ?? `${await git('log', '-1', '--format=%H', '--', ...shared)}^`
    return await git('rev-parse', '--verify', '--quiet', `${newest}^{commit}`)
  } catch {
    return null
  }
}

/**
 * The longest that `unpackVersion` may take. npm gives up a request without an answer after five minutes (its `fetch-timeout`) and asks
 * again; 452 packages took it 27 s on two idle cores, and beside other tests nearly the two minutes of an ordinary hook.
 */
export const unpackMaxMs = 600_000

/** Unpacks `commit` to `folder`, ready to be started: with this checkout's packages where it asks for the same, else with its own. */
export async function unpackVersion(commit: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, 'sources.tar')
  await git('archive', '--format=tar', `--output=${archive}`, commit)
  await run('tar', ['-xf', archive, '-C', folder])
  if (outsidePackages(root) === outsidePackages(folder)) linkModules(folder)
  else await run('npm', installForRunning, { cwd: folder })
}

async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', root, ...args])
  return stdout.trim()
}

/** What the lock file wants from the registry, as one text. */
function outsidePackages(folder: string): string {
  const lock: { packages: Record<string, { version?: string; link?: boolean }> } = JSON.parse(
    readFileSync(join(folder, 'package-lock.json'), 'utf8'),
  )
  const all = Object.entries(lock.packages).filter(
    ([name, { link }]) => name.includes('node_modules/') && link !== true,
  )
  return all.map(([name, { version }]) => `${name}@${version}`).join('\n')
}
