/**
 * The checkout as data: every tracked or new file that git does not ignore, with its text. The rules of tidy are
 * functions over this list, so that a test can hand them a small made-up tree.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** What a rule found. `place` is a path, with a line where one is known. */
export interface Problem {
  readonly rule: string
  readonly place: string
  readonly message: string
}

/** A file above this is data, not source: no rule reads it. The largest source file allowed is far smaller. */
const fileMaxBytes = 512 * 1024

/** Lists the files below `root`. Throws when `root` is not a git checkout. */
export function readSourceTree(root: string): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const files: SourceFile[] = []
  for (const path of new Set(listed.split('\0'))) {
    if (path === '') continue
    const size = statSync(join(root, path), { throwIfNoEntry: false })?.size
    if (size === undefined || size > fileMaxBytes) continue
    files.push({ path, text: readFileSync(join(root, path), 'utf8') })
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export function isSource(file: SourceFile): boolean {
  return /^(packages|services|tools|apps|test)\/.*\.tsx?$/.test(file.path)
}

export function isTest(file: SourceFile): boolean {
  return (
    file.path.endsWith('.test.ts') ||
    file.path.startsWith('test/') ||
    file.path.startsWith('packages/testkit/')
  )
}

/** 1-based line of an index in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
