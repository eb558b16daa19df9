/** The process around a command: what Ctrl-C does to it. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from './exit-codes.ts'

/** With a standard input that stays open; Ctrl-C is pressed as soon as it `waits`. */
async function interrupted(
  words: readonly string[],
  {
    env = {},
    waits,
  }: { readonly env?: Record<string, string>; readonly waits: (said: () => string) => boolean },
) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nowhere', ...env },
  })
  let [out, said, isPressed] = ['', '', false]
  const look = (): void => {
    if (isPressed || !waits(() => said)) return
    isPressed = true
    child.kill('SIGINT')
  }
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    look()
  })
  const code = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { look, ended: code.then((ended) => ({ code: ended, out, said })) }
}

test('one Ctrl-C ends what waits on the standard input', async () => {
  const { ended } = await interrupted(['login'], { waits: (said) => said().includes('Ctrl-D') })
  expect(await ended).toMatchObject({
    code: exitCodes.interrupted,
    out: '',
    said: expect.stringMatching(/interrupted\n$/),
  })
})

test('one Ctrl-C ends what waits for an answer', async () => {
  let isAsked = false
  let look = (): void => undefined
  const server = createServer(() => {
    isAsked = true
    look()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const waiting = await interrupted(['whoami'], {
      env: { SCANHOOK_URL: url, SCANHOOK_API_KEY: 'sk_1_x' },
      waits: () => isAsked,
    })
    look = waiting.look
    expect(await waiting.ended).toEqual({ code: exitCodes.interrupted, out: '', said: 'interrupted\n' })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
