/** README.md of the chart: the words are here, the table is made from the schema and the default values. */
import type { Schema } from './values-schema.ts'

const introduction = `# Scanhook's chart

One chart, one image, one Deployment for each service. Kafka, the schema registry, PostgreSQL and Redis are yours: \`deploy/examples\` has them by
operators and as managed services. Helm 3.18 or newer, or 4; Kubernetes 1.30 or newer.

\`\`\`
kubectl create secret generic scanhook-credentials \\
  --from-literal=POSTGRES_URL='postgres://…' --from-literal=REDIS_URL='redis://…' --from-literal=REGISTRY_URL='http://…' \\
  --from-literal=SECRET_KEYS="k1:$(openssl rand -base64 32)"
helm install scanhook deploy/helm/scanhook --set 'settings.KAFKA_BROKERS={kafka-0:9092,kafka-1:9092}'
\`\`\`

How to run it, step by step: [docs/operate/kubernetes.md](../../../docs/operate/kubernetes.md). Made by \`node tools/deploy/src/generate-main.ts\`
from the schema and \`values.yaml\`; a test fails when it differs.

## Values

Settings keep their names ([docs/reference/configuration.md](../../../docs/reference/configuration.md)): \`settings\` for every service that reads them,
\`services.<name>.settings\` for one. Lists are lists, \`MOVEMENT_SETTINGS\` is a map. Ports and folders are the chart's own and no values.

| value | default | what it is |
|---|---|---|
`

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Settings are on a page of their own; what every service may say is listed once, under `defaults`. */
function isListed(path: readonly string[], workload: readonly string[]): boolean {
  const [top = '', , third = ''] = path
  if (path.includes('settings') && path.at(-1) !== 'settings') return false
  return !(top === 'services' && workload.includes(third) && path.length > 3)
}

/** One row for each value that has words or no parts. */
export function renderChartReadme(schema: Schema, values: unknown): string {
  const workload = Object.keys(schema.properties?.['defaults']?.properties ?? {})
  const rows: string[] = []
  const visit = (part: Schema, value: unknown, path: readonly string[]): void => {
    if (path.length > 0 && isListed(path, workload)) row(part, value, path)
    for (const [name, child] of Object.entries(part.properties ?? {})) {
      const isRepeated = path[0] === 'services' && path.length === 2 && workload.includes(name)
      const inner = memberOf(value, name)
      if (!isRepeated || inner !== undefined) visit(child, inner, [...path, name])
    }
  }
  const row = (part: Schema, value: unknown, path: readonly string[]): void => {
    const hasParts = part.properties !== undefined
    const description = part.description ?? ''
    if (hasParts && description === '') return
    const shown = hasParts && !path.includes('settings') ? '' : `\`${JSON.stringify(value) ?? ''}\``
    rows.push(`| \`${path.join('.')}\` | ${shown === '``' ? '' : cell(shown)} | ${cell(description)} |`)
  }
  visit(schema, values, [])
  return `${introduction}${rows.join('\n')}\n`
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
