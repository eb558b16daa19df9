/**
 * Room for the claims of a long run. The stack's Redis has 512 MiB, which is enough for tests; eighteen million claims take
 * some 3 GB, and a full Redis marks nothing: reads go on, faster than they should, and duplicates would pass.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

const roomBytes = 8 * 1024 ** 3

/** Sets `maxmemory` and returns the way back. A Redis of somebody else that refuses is left as it is. */
export async function giveRedisRoom(redisUrl: string): Promise<() => Promise<void>> {
  const before = await ask(redisUrl, ['CONFIG', 'GET', 'maxmemory'])
  const had = /\$\d+\r\n(\d+)\r\n$/.exec(before)?.[1]
  if (had === undefined || Number(had) === 0 || Number(had) >= roomBytes) return async () => undefined
  await ask(redisUrl, ['CONFIG', 'SET', 'maxmemory', String(roomBytes)])
  return async () => {
    await ask(redisUrl, ['CONFIG', 'SET', 'maxmemory', had])
  }
}

/** Nobody needs the claims of a run that is over. In one script: nobody else asks this Redis anything by then. */
export async function forgetClaims(redisUrl: string, topicPrefix: string): Promise<void> {
  const script = `local cursor = '0'
    repeat
      local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1] .. '*', 'COUNT', 5000)
      if #page[2] > 0 then redis.call('UNLINK', unpack(page[2])) end
      cursor = page[1]
    until cursor == '0'`
  await ask(redisUrl, ['EVAL', script, '0', topicPrefix])
}

/** One command on a connection of its own; the answer as the protocol writes it. */
async function ask(redisUrl: string, command: readonly string[]): Promise<string> {
  const { hostname, port, password } = new URL(redisUrl)
  const socket = connect({ host: hostname, port: Number(port) || 6_379 })
  try {
    await once(socket, 'connect')
    if (password !== '') await exchange(socket, ['AUTH', decodeURIComponent(password)])
    return await exchange(socket, command)
  } finally {
    socket.destroy()
  }
}

async function exchange(socket: ReturnType<typeof connect>, words: readonly string[]): Promise<string> {
  socket.write(
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return answer.toString('utf8')
}
