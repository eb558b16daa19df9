/**
 * The four pieces as containers, for test runs on machines with a container engine. Images and their settings come
 * from docker-compose.yml, which is held to the pom's versions; only what a throwaway copy needs is different.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import type { StartedTestContainer } from 'testcontainers'
import { parse } from 'yaml'
import type { Say } from './binaries.ts'
import { drawPort } from './ports.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Whether a container engine listens on its socket: DOCKER_HOST=unix://… or the usual place. Other hosts are believed. */
export async function hasContainerEngine(env: Env): Promise<boolean> {
  const host = env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'
  if (!host.startsWith('unix://')) return true
  return await new Promise((done) => {
    const socket = connect({ path: host.slice('unix://'.length) })
    socket.setTimeout(1_000, () => socket.destroy())
    socket.once('connect', () => {
      done(true)
      socket.destroy()
    })
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
  })
}

export interface Containers {
  readonly addresses: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

/** Starts a container for every piece whose address isn't `given`, side by side. Loads the library only now. */
export async function startContainers(
  given: Readonly<Record<string, string>>,
  say: Say,
): Promise<Containers> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const services = composeServices()
  const kafkaPort = await drawPort(new Set())
  const starts: Readonly<Record<string, () => Promise<[StartedTestContainer, string]>>> = {
    KAFKA_BROKERS: async () => {
      const advertised = `INTERNAL://localhost:19092,EXTERNAL://127.0.0.1:${kafkaPort}`
      const container = await new GenericContainer(services.kafka.image)
        .withEnvironment({
          ...services.kafka.environment,
          KAFKA_ADVERTISED_LISTENERS: advertised,
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        })
        // The broker tells its clients the port to use, so it must be known before the start.
        .withExposedPorts({ container: 9092, host: kafkaPort })
        .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
        .start()
      return [container, `127.0.0.1:${kafkaPort}`]
    },
    REGISTRY_URL: async () => {
      // The in-memory edition of the same version: nothing of a test run has to survive it.
      const container = await new GenericContainer(services.registry.image.replace('-sql:', '-mem:'))
        .withExposedPorts(8080)
        .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', 8080))
        .start()
      return [container, `http://${container.getHost()}:${container.getMappedPort(8080)}/apis/ccompat/v7`]
    },
    POSTGRES_URL: async () => {
      const container = await new GenericContainer(services.postgres.image)
        .withEnvironment(services.postgres.environment)
        .withExposedPorts(5432)
        // It says so twice: the first server only serves the image's own initialisation.
        .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
        .start()
      const {
        POSTGRES_USER: user,
        POSTGRES_PASSWORD: password,
        POSTGRES_DB: database,
      } = services.postgres.environment
      return [
        container,
        `postgres://${user}:${password}@${container.getHost()}:${container.getMappedPort(5432)}/${database}`,
      ]
    },
    REDIS_URL: async () => {
      const container = await new GenericContainer(services.redis.image)
        .withExposedPorts(6379)
        .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
        .start()
      return [container, `redis://${container.getHost()}:${container.getMappedPort(6379)}`]
    },
  }
  say('starting containers …')
  const missing = Object.entries(starts).filter(([variable]) => given[variable] === undefined)
  const results = await Promise.allSettled(missing.map(([, start]) => start()))
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(([container]) => container.stop()))
  }
  const failure = results.find((result) => result.status === 'rejected')
  if (failure !== undefined) {
    await stop()
    throw failure.reason
  }
  const found = Object.fromEntries(missing.map(([variable], index) => [variable, started[index]?.[1] ?? '']))
  return { addresses: { ...given, ...found }, stop }
}

interface ComposeService {
  readonly image: string
  readonly environment: Record<string, string>
}

function composeServices(): Readonly<Record<'kafka' | 'registry' | 'postgres' | 'redis', ComposeService>> {
  const file = resolve(import.meta.dirname, '../../../docker-compose.yml')
  const compose: {
    services: Record<
      'kafka' | 'registry' | 'postgres' | 'redis',
      { image: string; environment?: Record<string, string | number | boolean> }
    >
  } = parse(readFileSync(file, 'utf8'))
  const read = (name: 'kafka' | 'registry' | 'postgres' | 'redis'): ComposeService => {
    const { image, environment } = compose.services[name]
    return {
      image,
      environment: Object.fromEntries(
        Object.entries(environment ?? {}).map(([key, value]) => [key, String(value)]),
      ),
    }
  }
  return {
    kafka: read('kafka'),
    registry: read('registry'),
    postgres: read('postgres'),
    redis: read('redis'),
  }
}
