/** The schema registry (Apicurio), asked through its Confluent-compatible API. */
import { mkdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { javaFile, type Piece } from './piece.ts'

export const registryPiece: Piece = {
  name: 'registry',
  title: 'schema registry',
  portCount: 1,
  needsJava: true,
  hasPassword: false,
  refusesRoot: false,
  prepare: async (setup) => {
    mkdirSync(join(setup.dataDir, 'tmp'), { recursive: true })
    const jars = await readdir(join(setup.binariesDir, 'registry'))
    if (!jars.includes('runner.jar')) throw new Error('the unpacked registry has no runner.jar')
  },
  command: (setup) => ({
    file: javaFile(),
    args: [
      '-Xmx256m',
      // A registry answers a few requests per process start: the second compiler would only slow down its own start.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Djava.io.tmpdir=${join(setup.dataDir, 'tmp')}`,
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${setup.ports[0]}`,
      // A file instead of the default in-memory database: schema ids are in every Kafka record and must survive.
      `-Dquarkus.datasource.jdbc.url=jdbc:h2:file:${join(setup.dataDir, 'registry')}`,
      '-jar',
      join(setup.binariesDir, 'registry', 'runner.jar'),
    ],
    cwd: setup.dataDir,
  }),
  address: ({ ports }) => `http://127.0.0.1:${ports[0]}/apis/ccompat/v7`,
  check: async (address) => {
    const response = await fetch(`${address.replace(/\/$/, '')}/subjects`, {
      signal: AbortSignal.timeout(3_000),
    })
    const body: unknown = await response.json()
    if (!response.ok || !Array.isArray(body)) throw new Error(`the registry answered ${response.status}`)
  },
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 15_000,
}
