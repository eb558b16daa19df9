/** Redis with an append-only file, bounded and without eviction. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exchange } from './exchange.ts'
import type { Piece, PieceSetup } from './piece.ts'

export const redisPiece: Piece = {
  name: 'redis',
  title: 'Redis',
  portCount: 1,
  needsJava: false,
  // Whoever reaches a Redis without a password can have it write files with the rights of its user.
  hasPassword: true,
  refusesRoot: false,
  prepare: async (setup) => writeFileSync(join(setup.dataDir, 'redis.conf'), config(setup), { mode: 0o600 }),
  command: (setup) => ({
    file: join(setup.binariesDir, 'redis', 'redis-server'),
    args: [join(setup.dataDir, 'redis.conf')],
    cwd: setup.dataDir,
  }),
  address: ({ ports, password }) => `redis://:${password}@127.0.0.1:${ports[0]}`,
  check,
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 10_000,
}

function config(setup: PieceSetup): string {
  return [
    'bind 127.0.0.1',
    `port ${setup.ports[0]}`,
    `requirepass ${setup.password}`,
    `dir ${setup.dataDir}`,
    'daemonize no',
    // As in production: claims live at most a day and must not vanish under pressure. A full Redis refuses writes,
    // the claims fail open, and that shows in a metric; eviction would let duplicates through unseen.
    'maxmemory 512mb',
    'maxmemory-policy noeviction',
    // A restart forgets at most a second of claims, so it doesn't set loose a wave of duplicates. Snapshots would lose
    // minutes and fork at bad moments; fsync on each write would put a disk into every scan.
    'appendonly yes',
    'appendfsync everysec',
    // From 64 MiB on the file would be rewritten at each doubling, which costs as much as the marks themselves.
    'auto-aof-rewrite-min-size 1gb',
    'save ""',
    // A line later in the file wins.
    ...Object.entries(setup.variant?.settings ?? {}).map(([name, value]) => `${name} ${value}`),
    '',
  ].join('\n')
}

async function check(address: string): Promise<void> {
  const url = new URL(address)
  const password = decodeURIComponent(url.password)
  const login =
    password === ''
      ? ''
      : `${command(url.username === '' ? ['AUTH', password] : ['AUTH', decodeURIComponent(url.username), password])}`
  const question = Buffer.from(`${login}${command(['PING'])}`)
  const lineCount = login === '' ? 1 : 2
  const answer = await exchange(
    { host: url.hostname, port: Number(url.port === '' ? '6379' : url.port) },
    question,
    (bytes) => bytes.toString().split('\r\n').length > lineCount,
  )
  if (!answer.toString().includes('+PONG')) throw new Error(`Redis answered ${answer.toString().trim()}`)
}

function command(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}
