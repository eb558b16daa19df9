/** The compose file can't be run by these tests; what can be said about it without an engine is said here. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const checkout = resolve(import.meta.dirname, '../../..')
const pom = readFileSync(join(checkout, 'tools/stack/pom.xml'), 'utf8')
const compose = readCompose()

interface Service {
  readonly [key: string]: unknown
  readonly image?: string
  readonly build?: unknown
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: {
    readonly test: readonly string[]
    readonly interval: string
    readonly timeout: string
    readonly start_period: string
    readonly retries: number
  }
  readonly restart?: string
}

interface Compose {
  readonly [key: string]: unknown
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

function readCompose(): Compose {
  // `uniqueKeys` is on by default: a service or a variable written twice is an error already here.
  return parse(readFileSync(join(checkout, 'docker-compose.yml'), 'utf8')) as Compose
}

function property(name: string): string {
  const found = new RegExp(`<${name.replaceAll('.', '\\.')}>([^<]+)</`).exec(pom)?.[1]
  if (found === undefined) throw new Error(`the pom has no property ${name}`)
  return found
}

function tag(service: string): string {
  return compose.services[service]?.image?.split(':')[1] ?? ''
}

describe('versions are those of the pom', () => {
  test('Kafka', () => expect(tag('kafka')).toBe(property('kafka.version')))
  test('registry', () => expect(tag('registry')).toBe(property('apicurio.version')))
  // The binaries' version is PostgreSQL's plus a number of their own.
  test('PostgreSQL', () =>
    expect(tag('postgres')).toBe(`${property('postgres.version').split('.').slice(0, 2).join('.')}-alpine`))
  test('Redis', () => expect(tag('redis')).toBe(`${property('redis.version')}-alpine`))
})

/** Keys of the Compose specification that this file uses; another one has to be added here knowingly. */
const topLevelKeys = ['name', 'services', 'volumes', 'configs', 'networks']
const serviceKeys = [
  'image',
  'build',
  'cap_drop',
  'command',
  'configs',
  'depends_on',
  'environment',
  'healthcheck',
  'networks',
  'ports',
  'profiles',
  'read_only',
  'restart',
  'security_opt',
  'stop_grace_period',
  'tmpfs',
  'volumes',
]
const healthKeys = ['test', 'interval', 'timeout', 'retries', 'start_period']

describe('the file is what the Compose specification allows', () => {
  test('keys at the top', () => {
    expect(Object.keys(compose).filter((key) => !topLevelKeys.includes(key))).toEqual([])
  })

  for (const [name, service] of Object.entries(compose.services)) {
    describe(name, () => {
      test('keys', () => {
        expect(Object.keys(service).filter((key) => !serviceKeys.includes(key))).toEqual([])
        expect(service.image !== undefined || service.build !== undefined).toBe(true)
      })

      test('ports are published on 127.0.0.1 only, each under a variable', () => {
        for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/)
      })

      test('variables have plain values', () => {
        for (const value of Object.values(service.environment ?? {}))
          expect(['string', 'number']).toContain(typeof value)
      })

      test('what it depends on exists and has a health check', () => {
        for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
          expect(compose.services[other]).toBeDefined()
          expect(['service_healthy', 'service_started', 'service_completed_successfully']).toContain(
            condition,
          )
          if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck).toBeDefined()
        }
      })

      test('volumes are declared, mounted files exist', () => {
        for (const volume of service.volumes ?? []) {
          const [source = '', target = ''] = volume.split(':')
          expect(target).toMatch(/^\//)
          if (source.startsWith('.')) expect(existsSync(join(checkout, source))).toBe(true)
          else expect(Object.keys(compose.volumes)).toContain(source)
        }
      })
    })
  }

  test('every piece of infrastructure has a health check with bounds', () => {
    for (const name of ['kafka', 'registry', 'postgres', 'redis']) {
      const check = compose.services[name]?.healthcheck
      expect(Object.keys(check ?? {}).filter((key) => !healthKeys.includes(key))).toEqual([])
      expect(['CMD', 'CMD-SHELL']).toContain(check?.test[0])
      for (const duration of [check?.interval, check?.timeout, check?.start_period])
        expect(duration).toMatch(/^\d+s$/)
      expect(check?.retries).toBeGreaterThan(0)
    }
  })

  test('every declared volume is used', () => {
    const used = Object.values(compose.services)
      .flatMap((service) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0])
    expect(Object.keys(compose.volumes).filter((name) => !used.includes(name))).toEqual([])
  })
})
