/** The reconciler's look at a world's log, by its own command: what an operator would run. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { ofNode, root } from './service-process.ts'
import type { World } from './world.ts'

interface Looked {
  readonly kind: 'checked'
  readonly events: number
  readonly expected: number
  readonly delivered: number
  readonly dead: number
  readonly waiting: number
  readonly unsure: number
  readonly missing: number
  readonly overdue: number
  readonly requeued: number
}

/** Somebody was behind, so that late and lost could not be told apart. */
interface Behind {
  readonly kind: 'behind'
  readonly group: string
  readonly topic: string
}

export interface CheckAnswer {
  readonly code: number
  readonly found: Looked | Behind
  /** What it said of single deliveries. */
  readonly said: string
}

/** The world's endpoints were made just now and its clocks are one: no margin, and nothing may be overdue by more than a second. */
const strict = ['--minutes', '60', '--margin-ms', '0', '--overdue-ms', '1000', '--json']

export function checkLog({ env }: Pick<World, 'env'>, options: readonly string[] = []): Promise<CheckAnswer> {
  const script = join(root, 'services/reconciler/src/check-main.ts')
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, ...strict, ...options],
      { cwd: root, env: { ...ofNode, ...env } },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code)
        if (stdout === '') reject(new Error(`the log could not be checked: ${stderr}`))
        else resolve({ code, found: JSON.parse(stdout) as CheckAnswer['found'], said: stderr })
      },
    )
  })
}
