/**
 * `assemble-main.ts FOLDER`: puts together what the image holds, with production dependencies and a bill of materials, and
 * gives every file the time SOURCE_DATE_EPOCH (else 0), so that the same commit makes the same image. The Dockerfile and the
 * test of the layout both run this. Needs Node and npm, and none of the checkout's own dependencies.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { isInImage, rootFiles, type Sbom, stableSbom } from './image-layout.ts'

const root = resolve(import.meta.dirname, '../../..')
const target = process.argv[2]
if (target === undefined) {
  process.stderr.write('assemble-main.ts FOLDER\n')
  process.exit(2)
}
const into = resolve(target)
const stampS = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0)

rmSync(into, { recursive: true, force: true })
copyProduct()
npm('ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')
// npm keeps notes in it that differ from run to run.
rmSync(join(into, 'node_modules/.package-lock.json'), { force: true })
// npm can't write the bill of a tree whose manifests name what was left out; nobody needs those names there.
for (const manifest of manifests()) {
  const { devDependencies: _, ...kept } = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, `${JSON.stringify(kept, null, 2)}\n`)
}
const sbom = JSON.parse(npm('sbom', '--sbom-format=cyclonedx', '--omit=dev')) as Sbom
writeFileSync(join(into, 'sbom.cdx.json'), `${JSON.stringify(stableSbom(sbom), null, 1)}\n`)
stamp(into)

function npm(...args: string[]): string {
  const options = { cwd: into, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 } as const
  return execFileSync('npm', args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
}

function copyProduct(): void {
  const folders = ['packages', 'services', 'apps', 'deploy/docker'].filter((folder) =>
    existsSync(join(root, folder)),
  )
  const files = rootFiles.filter((name) => existsSync(join(root, name)))
  for (const folder of folders) {
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')
      if (isInImage(path)) files.push(path)
    }
  }
  for (const file of files.sort()) {
    mkdirSync(dirname(join(into, file)), { recursive: true })
    cpSync(join(root, file), join(into, file))
  }
}

/** Folders last, since what is written into one changes its time. */
function stamp(path: string): void {
  const found = lstatSync(path)
  if (found.isDirectory()) for (const name of readdirSync(path)) stamp(join(path, name))
  lutimesSync(path, stampS, stampS)
}

function manifests(): readonly string[] {
  const workspaces = ['packages', 'services', 'apps']
    .map((folder) => join(into, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  return [into, ...workspaces]
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => existsSync(file))
}
