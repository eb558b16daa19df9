import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { drawPort, isFree } from './ports.ts'

test('a port somebody listens on is not free', async () => {
  const port = await drawPort(new Set())
  expect(await isFree(port)).toBe(true)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port }, resolve))
  expect(await isFree(port)).toBe(false)
  await new Promise((resolve) => server.close(resolve))
})

test('what was drawn is not drawn again, and lies below the ports of outgoing connections', async () => {
  const taken = new Set<number>()
  const drawn = await Promise.all(Array.from({ length: 20 }, () => drawPort(taken)))
  expect(new Set(drawn).size).toBe(drawn.length)
  expect(Math.max(...drawn)).toBeLessThan(32_768)
})
