/** Files that commands are given; `-` is the standard input. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CliError, exitCodes } from './exit-codes.ts'
import type { Session } from './session.ts'

/** Throws CliError for one that is not there or can not be read. */
export async function readInput(
  { folder, readStdin }: Pick<Session, 'folder' | 'readStdin'>,
  name: string,
): Promise<Buffer> {
  if (name === '-') return readStdin()
  try {
    return readFileSync(resolve(folder, name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliError(exitCodes.notFound, `${name} can not be read (${code ?? 'unknown'})`)
  }
}
