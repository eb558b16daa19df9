/**
 * `trim-schemas-main.ts FOLDER`: writes test/chart/schemas/kubernetes anew out of FOLDER, the `v<version>-local-strict` folder
 * of the PyPI wheel kubernetes-validate: the kinds that the chart makes, what they refer to, without descriptions.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const kinds = [
  'configmap-v1',
  'deployment-apps-v1',
  'horizontalpodautoscaler-autoscaling-v2',
  'ingress-networking-v1',
  'job-batch-v1',
  'networkpolicy-networking-v1',
  'pod-v1',
  'poddisruptionbudget-policy-v1',
  'secret-v1',
  'service-v1',
  'serviceaccount-v1',
]
const into = resolve(import.meta.dirname, '../../../test/chart/schemas/kubernetes')
const from = process.argv[2] ?? '.'
const read = (name: string): unknown => JSON.parse(readFileSync(join(from, `${name}.json`), 'utf8'))

const marker = '#/$defs/'
const { $defs } = read('_definitions') as { $defs: Record<string, unknown> }
type Definitions = Map<string, unknown>

/** Without words, and with everything it refers to in the same file: kubeconform follows no references to other files. */
function trim(part: unknown, definitions: Definitions, isProperties = false): unknown {
  if (Array.isArray(part)) return part.map((each) => trim(each, definitions))
  if (typeof part !== 'object' || part === null) return part
  const kept = Object.entries(part).filter(
    ([key]) => isProperties || !(key === 'description' || key.startsWith('x-kubernetes')),
  )
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (key === '$ref' && typeof value === 'string') return [key, referenceTo(value, definitions)]
      return [key, trim(value, definitions, key === 'properties' && !isProperties)]
    }),
  )
}

function referenceTo(reference: string, definitions: Definitions): string {
  const name = reference.slice(reference.indexOf(marker) + marker.length)
  if (!definitions.has(name)) {
    definitions.set(name, null)
    definitions.set(name, trim($defs[name], definitions))
  }
  return `#/definitions/${name}`
}

mkdirSync(into, { recursive: true })
for (const kind of kinds) {
  const definitions: Definitions = new Map()
  const schema = trim(read(kind), definitions) as object
  const whole = { ...schema, definitions: Object.fromEntries(definitions) }
  writeFileSync(join(into, `${kind}.json`), `${JSON.stringify(whole)}\n`)
}
