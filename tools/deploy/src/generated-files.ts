/**
 * Every file that is made from the services' settings tables, as text. `generate-main.ts` writes them; a test fails when
 * a committed one differs.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { renderChartReadme } from './chart-readme.ts'
import { renderCompose } from './compose.ts'
import {
  healthPort,
  httpPorts,
  readEnvironments,
  type ServiceEnvironment,
  schemaCacheDir,
} from './read-environment.ts'
import { valuesSchema } from './values-schema.ts'

export interface GeneratedFile {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

export const chartDir = 'deploy/helm/scanhook'

/** Which setting says where which neighbour is; the chart opens the network policy of its readers for it. */
const dependencies: Readonly<Record<string, string>> = {
  KAFKA_BROKERS: 'kafka',
  REGISTRY_URL: 'registry',
  POSTGRES_URL: 'postgres',
  REDIS_URL: 'redis',
  SMTP_URL: 'smtp',
}

export function dependenciesOf({ plain, secret }: ServiceEnvironment): readonly string[] {
  return Object.entries(dependencies).flatMap(([setting, name]) =>
    Object.hasOwn(plain, setting) || Object.hasOwn(secret, setting) ? [name] : [],
  )
}

/** What the templates ask of a service. */
function chartFacts(environment: ServiceEnvironment): unknown {
  const { name, plain, secret, owned } = environment
  const httpPort = httpPorts[name]
  return {
    healthPort,
    ...(httpPort === undefined ? {} : { httpPort }),
    schemaCacheDir,
    owned,
    plain: Object.keys(plain),
    secret,
    dependencies: dependenciesOf(environment),
  }
}

/** All of them, for the checkout at `root`. */
export async function generatedFiles(root: string): Promise<readonly GeneratedFile[]> {
  const environments = await readEnvironments(root)
  const schema = valuesSchema(environments)
  const services = Object.fromEntries(environments.map((each) => [each.name, chartFacts(each)]))
  const values: unknown = parse(readFileSync(join(root, chartDir, 'values.yaml'), 'utf8'))
  return [
    {
      path: `${chartDir}/files/environment.yaml`,
      text: `# What each service reads from its environment. Made by tools/deploy from the services' settings tables.\n${stringify({ services }, { aliasDuplicateObjects: false, lineWidth: 110 })}`,
    },
    { path: `${chartDir}/values.schema.json`, text: `${JSON.stringify(schema, null, 2)}\n` },
    {
      path: 'docker-compose.yml',
      text: renderCompose(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), environments),
    },
    { path: `${chartDir}/README.md`, text: renderChartReadme(schema, values) },
  ]
}
