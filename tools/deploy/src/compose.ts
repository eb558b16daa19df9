/**
 * The services of `docker-compose.yml`, between its two marks: every service with what it reads, the setup step before
 * them, and a demo that ends with a verified delivery. Infrastructure and monitoring are written by hand around it.
 */
import { stringify } from 'yaml'
import { httpPorts, relayPort, type ServiceEnvironment } from './read-environment.ts'

const begin = '  # ── services (made by tools/deploy/src/generate-main.ts) '
const end = '  # ── end of services '

/** A network of our own: deliveries to private addresses are refused unless they are named, and inspector and relay have some. */
export const composeSubnet = '172.30.99.0/24'

/** What differs from the defaults on a laptop with containers. Passwords here protect nothing. */
const values: Readonly<Record<string, string>> = {
  HOST: '0.0.0.0',
  KAFKA_BROKERS: 'kafka:19092',
  REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
  POSTGRES_URL: 'postgres://scanhook:scanhook@postgres:5432/scanhook',
  REDIS_URL: 'redis://redis:6379',
  SECRET_KEYS: `k1:${Buffer.from('only-for-a-laptop-not-a-secret!!').toString('base64')}`,
  SETUP_PARTITIONS: '3',
  API_RELAY_URL: `http://api:${relayPort}`,
  WEBHOOK_ALLOWED_TARGETS: `${composeSubnet}:${httpPorts['inspector']},${composeSubnet}:${relayPort}`,
}

/** What is reached from outside: the variable that moves it, and its usual port on the machine. */
const published: Readonly<Record<string, readonly [string, number]>> = {
  api: ['API_PORT', 8080],
  // 8081 is the registry's.
  producer: ['PRODUCER_PORT', 8082],
  inspector: ['INSPECTOR_PORT', 9000],
}

const ready = "fetch('http://127.0.0.1:8081/readyz').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"
const hardened = {
  image: 'scanhook',
  read_only: true,
  tmpfs: ['/tmp', '/var/cache/scanhook/schemas:uid=10001,gid=10001'],
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
}
const healthy = { condition: 'service_healthy' }

export function composeEnvironment({ plain, secret, owned }: ServiceEnvironment): Record<string, string> {
  const names = [...Object.keys(plain), ...Object.keys(secret)].sort()
  const said = names.flatMap((name): [string, string][] =>
    values[name] === undefined ? [] : [[name, values[name]]],
  )
  return { ...owned, ...Object.fromEntries(said) }
}

function composeService(environment: ServiceEnvironment): unknown {
  const { name } = environment
  const [variable, port] = published[name] ?? []
  const isSetup = name === 'setup'
  return {
    ...hardened,
    ...(isSetup ? { build: { context: '.', dockerfile: 'deploy/docker/Dockerfile' } } : {}),
    command: [name],
    depends_on: isSetup
      ? { kafka: healthy, registry: healthy, postgres: healthy }
      : { setup: { condition: 'service_completed_successfully' }, redis: healthy },
    environment: composeEnvironment(environment),
    ...(variable === undefined ? {} : { ports: [`127.0.0.1:\${${variable}:-${port}}:${httpPorts[name]}`] }),
    ...(isSetup
      ? {}
      : {
          healthcheck: {
            test: ['CMD', 'node', '-e', ready],
            interval: '2s',
            timeout: '3s',
            retries: 5,
            start_period: '60s',
          },
          // 20 s of drain and a margin.
          stop_grace_period: '30s',
          restart: 'unless-stopped',
        }),
  }
}

const demo = {
  ...hardened,
  command: ['setup/prove', '--keep', '--org', 'Demo'],
  depends_on: Object.fromEntries(
    ['api', 'producer', 'tracker', 'router', 'dispatcher', 'inspector'].map((name) => [name, healthy]),
  ),
  environment: {
    POSTGRES_URL: values['POSTGRES_URL'],
    PROVE_API_URL: `http://api:${httpPorts['api']}`,
    PROVE_SCANS_URL: `http://producer:${httpPorts['producer']}`,
    PROVE_INSPECTOR_URL: `http://inspector:${httpPorts['inspector']}`,
  },
}

/** The compose file `text` with its services made anew. Throws when a mark is missing. */
export function renderCompose(text: string, environments: readonly ServiceEnvironment[]): string {
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error('docker-compose.yml has lost the marks of its services')
  const afterMark = text.indexOf('\n', from) + 1
  const services = {
    ...Object.fromEntries(environments.map((environment) => [environment.name, composeService(environment)])),
    demo,
  }
  const block = stringify(services, { aliasDuplicateObjects: false, lineWidth: 0 }).replace(/^(?=.)/gm, '  ')
  return `${text.slice(0, afterMark)}${block}\n${text.slice(to)}`
}
