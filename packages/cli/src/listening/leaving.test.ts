/** Whoever leaves a listener that has a request under way: nothing is waited for, and nothing is drawn. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { forward } from './forward.ts'
import { openLiveScreen } from './live-screen.ts'
import type { RelayedRequest } from './relayed-request.ts'
import type { TerminalOn } from './terminal.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const request: RelayedRequest = {
  ...{ id: 'a', headers: [], body: Buffer.from('{}'), eventType: 'asset.moved', eventId: 'e-1' },
}

test('a request to the server on this machine is destroyed with the signal, also while its answer comes', async () => {
  for (const isBegun of [false, true]) {
    const [reached, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const server = createServer((_, response) => {
      if (isBegun) response.writeHead(200).write('a part of it')
      reached.resolve()
      response.on('close', gone.resolve)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const leaving = new AbortController()
    const target = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const answered = forward(target, request, leaving.signal)
    await reached.promise
    leaving.abort()
    await gone.promise
    expect(await answered).toMatchObject({ status: 502 })
  }
})

function stageScreen() {
  const drawn: (readonly string[])[] = []
  let on: TerminalOn | undefined
  let closed = 0
  const sent = Promise.withResolvers<string>()
  const screen = openLiveScreen(
    {
      openUrl: () => undefined,
      openTerminal: (given) => {
        on = given
        return {
          ...{ size: () => ({ columns: 80, rows: 24 }), isColoured: false },
          draw: (lines) => void drawn.push(lines),
          close: () => {
            closed += 1
          },
        }
      },
    },
    {
      view: { webhookId: 1, secret: 'whsec_x', target: 'http://localhost:3000/' },
      quit: () => screen.close(),
      resend: () => sent.promise,
      pageOf: async () => '',
    },
  )
  return {
    screen,
    drawn,
    press: (name: string) => on?.key(name),
    resize: () => on?.resized(),
    sent,
    closed: () => closed,
  }
}

test('nothing is drawn when the screen was given back, and the summary has what came of it', async () => {
  const { screen, drawn, press, resize, sent, closed } = stageScreen()
  screen.told.came(request)
  press('r')
  const before = drawn.length
  press('q')
  screen.told.answered(request, { status: 200, headers: {}, body: Buffer.from('') }, 1)
  screen.told.lost()
  screen.note('late')
  sent.resolve('is sent again')
  await sent.promise
  await new Promise((resolve) => setImmediate(resolve))
  resize()
  expect([before > 0, drawn.length - before, closed()]).toEqual([true, 0, 1])
  expect(screen.summary()).toBe('1 delivery: 1 accepted, 0 refused')
})
