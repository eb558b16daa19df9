/**
 * A small disk for one folder: a tmpfs that only processes of one mount namespace see. A process that sleeps holds the namespace,
 * so that the disk outlives whoever wrote to it. Needs root, `unshare` and `nsenter`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '@scanhook/stack/processes'

export interface SmallDisk {
  /** The same command inside; what lies in the folder at the first call is copied onto the disk. */
  readonly within: (command: Command) => Promise<Command>
  /** Writes until there is no room. */
  readonly fill: () => void
  readonly free: () => void
  readonly close: () => void
}

export function smallDisk(folder: string, sizeMb: number): SmallDisk {
  let holder: ChildProcess | null = null

  const open = async (): Promise<ChildProcess> => {
    const script = [
      'set -e',
      'room=$(mktemp -d)',
      `mount -t tmpfs -o size=${sizeMb}m,mode=755 tmpfs "$room"`,
      `cp -a "$1/." "$room/"`,
      'mount --bind "$room" "$1"',
      'echo ready',
      'exec sleep 100000',
    ].join('\n')
    const child = spawn('unshare', ['-m', 'sh', '-c', script, 'small-disk', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
    if (String(said).trim() !== 'ready')
      throw new Error('no small disk: mounting in a namespace is not allowed here')
    return child
  }
  const inside = (): string => join(`/proc/${holder?.pid ?? 0}/root`, folder, 'ballast')
  return {
    within: async (command) => {
      holder ??= await open()
      return {
        ...command,
        file: 'nsenter',
        args: [
          `--mount=/proc/${holder.pid}/ns/mnt`,
          `--wd=${command.cwd}`,
          '--',
          command.file,
          ...command.args,
        ],
      }
    },
    fill: () => {
      const file = openSync(inside(), 'a')
      const block = Buffer.alloc(65_536)
      try {
        for (;;) writeSync(file, block)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(inside(), { force: true }),
    close: () => {
      holder?.kill('SIGKILL')
    },
  }
}
