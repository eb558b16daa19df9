import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts'

const closers: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** A server that answers each chunk by `answer`, behind a proxy. */
async function behind(
  answer: (chunk: Buffer, socket: Socket) => void,
  options: FaultProxyOptions = {},
): Promise<{ readonly proxy: FaultProxy; readonly heard: () => string }> {
  let heard = ''
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      answer(chunk, socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startFaultProxy(
    { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    options,
  )
  closers.push(
    () => proxy.close(),
    () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  )
  return { proxy, heard: () => heard }
}

interface Client {
  readonly socket: Socket
  readonly got: () => Buffer
  readonly chunks: () => readonly Buffer[]
  readonly closed: Promise<string>
  readonly until: (count: number) => Promise<void>
}

async function open(proxy: FaultProxy): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1')
  const chunks: Buffer[] = []
  let ending = 'closed'
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ending = error.code ?? error.message
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(ending))
  })
  let wake = (): void => undefined
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    wake()
  })
  closers.push(() => void socket.destroy())
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed])
  const got = (): Buffer => Buffer.concat(chunks)
  return {
    socket,
    got,
    chunks: () => chunks,
    closed,
    until: async (count) => {
      while (got().length < count)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    },
  }
}

const echo = (chunk: Buffer, socket: Socket): void => {
  socket.write(chunk)
}

test('without a fault bytes pass both ways, whole', async () => {
  const { proxy } = await behind(echo)
  const client = await open(proxy)
  const sent = Buffer.alloc(3_000_000, 'abc')
  client.socket.write(sent)
  await client.until(sent.length)
  expect(client.got().equals(sent)).toBe(true)
})

test('F1: what was held in one direction arrives in order after heal, and the other direction went on', async () => {
  const { proxy, heard } = await behind(echo)
  const client = await open(proxy)
  client.socket.write('a')
  await client.until(1)
  proxy.hold(['toClient'])
  client.socket.write('b')
  client.socket.write('c')
  while (heard() !== 'abc') await new Promise((resolve) => setImmediate(resolve))
  expect(client.got().toString()).toBe('a')
  proxy.heal()
  await client.until(3)
  expect(client.got().toString()).toBe('abc')
})

test('a blackhole takes new connections, says nothing, and lets all through when it is healed', async () => {
  const { proxy, heard } = await behind(echo)
  proxy.hold(['toServer', 'toClient'])
  const client = await open(proxy)
  client.socket.write('late')
  // A second connection through the same proxy, refused nothing and told nothing either.
  const other = await open(proxy)
  other.socket.write('!')
  expect(heard()).toBe('')
  proxy.heal()
  await Promise.all([client.until(4), other.until(1)])
  expect(client.got().toString()).toBe('late')
})

test('latency delays each direction and keeps the order, whatever the jitter', async () => {
  const draws = [1, 0, 0.5, 0, 1, 0]
  const { proxy } = await behind(echo, { random: () => draws.shift() ?? 0 })
  proxy.delay({ meanMs: 40, jitterMs: 40 }, ['toClient'])
  const client = await open(proxy)
  const startedAt = performance.now()
  for (const letter of 'abc') {
    client.socket.write(letter)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await client.until(3)
  expect(client.got().toString()).toBe('abc')
  // The first was drawn to be late by 80 ms, and nothing overtakes it.
  expect(performance.now() - startedAt).toBeGreaterThan(75)
})

test('refuse ends what is open and what comes with a reset; F2: heal ends that', async () => {
  const { proxy } = await behind(echo)
  const before = await open(proxy)
  proxy.refuse()
  expect(await before.closed).toBe('ECONNRESET')
  const during = await open(proxy)
  expect(['ECONNRESET', 'closed']).toContain(await during.closed)
  proxy.heal()
  const after = await open(proxy)
  after.socket.write('x')
  await after.until(1)
})

test('sliced, the head of a chunk comes in single bytes and nothing is lost', async () => {
  const { proxy } = await behind(echo)
  proxy.slice(['toServer'])
  const pieces: number[] = []
  const sent = Buffer.from('0123456789'.repeat(10))
  const watched = await behind((chunk, socket) => {
    pieces.push(chunk.length)
    socket.write(chunk)
  })
  watched.proxy.slice(['toServer'])
  const client = await open(watched.proxy)
  client.socket.write(sent)
  await client.until(sent.length)
  expect(client.got().equals(sent)).toBe(true)
  expect(pieces.length).toBeGreaterThan(1)
})

/** A request of Kafka's protocol as far as the proxy reads it, and an answer to it. */
function frame(...words: readonly number[]): Buffer {
  const body = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) body.writeInt32BE(word, index * 4)
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}
/** Api key and version in the first word, correlation id in the second. */
const request = (apiKey: number, correlation: number): Buffer => frame((apiKey << 16) | 9, correlation, 7)
const answerTo = (chunk: Buffer, socket: Socket): void => {
  socket.write(frame(chunk.readInt32BE(8), 42))
}

test('F3: only the answer to a produce request is dropped, after the broker had the request', async () => {
  const { proxy, heard } = await behind(answerTo, { isKafka: true })
  proxy.dropProduceResponses(1)
  const client = await open(proxy)
  client.socket.write(request(3, 1))
  await client.until(12)
  client.socket.write(request(0, 2))
  expect(await client.closed).toBe('ECONNRESET')
  expect(heard().length).toBe(32)
  expect(client.got().length).toBe(12)
  expect(proxy.counts().dropped).toBe(1)
})
