/** Prometheus and promtool: of this machine where they are installed, else Debian's (ours since bookworm: 2.42). */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { provideDebian } from './provide-debian.ts'

export type PrometheusPrograms =
  | { readonly kind: 'here'; readonly prometheus: string; readonly promtool: string }
  | { readonly kind: 'missing'; readonly reason: string }

export async function providePrometheus(): Promise<PrometheusPrograms> {
  try {
    for (const program of ['promtool', 'prometheus'])
      execFileSync(program, ['--version'], { stdio: 'ignore' })
    return { kind: 'here', prometheus: 'prometheus', promtool: 'promtool' }
  } catch {
    const provided = await provideDebian('prometheus', ['prometheus'])
    if (provided.kind === 'missing') return provided
    const bin = join(provided.dir, 'usr/bin')
    return { kind: 'here', prometheus: join(bin, 'prometheus'), promtool: join(bin, 'promtool') }
  }
}
