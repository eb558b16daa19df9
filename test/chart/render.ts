/** The chart as objects, rendered by Helm from a file of values. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'

export const root: string = resolve(import.meta.dirname, '../..')
export const chart: string = join(root, 'deploy/helm/scanhook')

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, looked into by tests
export type KubernetesObject = Readonly<Record<string, any>>

/** Helm writes to its home. */
const home = mkdtempSync(join(tmpdir(), 'scanhook-helm-'))

export function helm(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: home },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export const template = (program: string, args: readonly string[]): string =>
  helm(program, ['template', 'scanhook', chart, '--namespace', 'webhooks', ...args])

export function objectsOf(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value: KubernetesObject | null = document.toJS()
    return value === null ? [] : [value]
  })
}
