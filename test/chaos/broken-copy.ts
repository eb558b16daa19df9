/** A copy of the sources, hard-linked where nothing changes, in which one promise is broken. */
import {
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { linkModules } from '../harness/link-modules.ts'
import { root } from '../harness/service-process.ts'
import type { Edit } from './breakages.ts'

/** Links every file of a folder, so that a copy of the house costs no bytes; `node_modules` is linked as a whole. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.name === 'node_modules') symlinkSync(source, target)
    else if (entry.isDirectory()) linkTree(source, target)
    else linkSync(source, target)
  }
}

export function copySources(to: string): void {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  for (const folder of ['packages', 'services']) linkTree(join(root, folder), join(to, folder))
  for (const file of ['package.json', 'tsconfig.base.json']) cpSync(join(root, file), join(to, file))
  linkModules(to)
}

/** Replaces `find`, which must be there once, by `replace` in one file of a copy. Never writes through a hard link. */
export function edit(to: string, { file, find, replace }: Edit): void {
  const path = join(to, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(find).length !== 2) throw new Error(`${file} has not exactly one: ${find}`)
  rmSync(path)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
}
