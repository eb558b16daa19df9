/** PostgreSQL with one superuser and one database, both called scanhook. Tests may create databases of their own. */
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Piece, PieceSetup } from './piece.ts'
import { type Command, run } from './processes.ts'

const role = 'scanhook'

export const postgresPiece: Piece = {
  name: 'postgres',
  title: 'PostgreSQL',
  portCount: 1,
  needsJava: false,
  // Loopback is open to every user of the machine, and a superuser can run programs: so not without a password.
  hasPassword: true,
  refusesRoot: true,
  prepare,
  command: (setup) =>
    program(setup, 'postgres', [
      '-D',
      dataDir(setup),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `port=${setup.ports[0]}`,
      '-c',
      'unix_socket_directories=',
      // All services in one process need about 40; the rest is for test files that run side by side.
      '-c',
      'max_connections=200',
      ...Object.entries(setup.variant?.settings ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]),
  address: ({ ports, password }) => `postgres://${role}:${password}@127.0.0.1:${ports[0]}/${role}`,
  check: async (address) => {
    const client = new pg.Client({
      connectionString: address,
      connectionTimeoutMillis: 3_000,
      query_timeout: 3_000,
    })
    // An error after the connection was lost must not end the process; the pending call rejects anyway.
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('select 1')
    } finally {
      await client.end().catch(() => undefined)
    }
  },
  // SIGINT is the "fast" shutdown: ends sessions, writes a checkpoint. SIGTERM would wait for every client to leave.
  stopSignal: 'SIGINT',
  stopTimeoutMs: 20_000,
}

/** Builds the cluster under another name and renames it when complete: a half-made one is never taken for whole. */
async function prepare(setup: PieceSetup): Promise<void> {
  if (existsSync(dataDir(setup))) return
  const draft = join(setup.dataDir, 'draft')
  const passwordFile = join(setup.dataDir, 'password')
  rmSync(draft, { recursive: true, force: true })
  writeFileSync(passwordFile, setup.password, { mode: 0o600 })
  if (setup.user !== undefined) chownSync(passwordFile, setup.user.uid, setup.user.gid)
  try {
    await run(
      program(setup, 'initdb', [
        '-D',
        draft,
        '-U',
        role,
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ]),
    )
    // The single-user mode needs no server and no client.
    await run({
      file: '/bin/sh',
      args: [
        '-c',
        'echo "create database scanhook" | "$0" --single -D "$1" postgres',
        binary(setup, 'postgres'),
        draft,
      ],
      cwd: setup.dataDir,
      user: setup.user,
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(draft, dataDir(setup))
}

function program(setup: PieceSetup, name: string, args: readonly string[]): Command {
  return { file: binary(setup, name), args, cwd: setup.dataDir, user: setup.user, env: { LC_ALL: 'C' } }
}

function binary(setup: PieceSetup, name: string): string {
  return join(setup.binariesDir, 'postgres', 'bin', name)
}

function dataDir(setup: PieceSetup): string {
  return join(setup.dataDir, 'cluster')
}
