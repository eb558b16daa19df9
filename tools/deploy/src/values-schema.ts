/**
 * `values.schema.json` of the chart. Its settings are those of the services' tables, so chart and code can't differ; what
 * only Kubernetes knows is written here. Nothing that is not named is let in, except where a map is the operator's own.
 */
import type { SettingSchema } from '@scanhook/config/settings'
import { plainSettings, type ServiceEnvironment, secretSettings } from './read-environment.ts'

export interface Schema {
  readonly [keyword: string]: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
}

/** An attempt takes 15 s at most (docs/reference/profiles.md); the rest is writing down what became of it. */
const drainMinMs = 17_000

const text = (description: string, more: object = {}): Schema => ({ description, type: 'string', ...more })
const flag = (description: string): Schema => ({ description, type: 'boolean' })
const count = (description: string, minimum: number, maximum: number): Schema => ({
  ...{ description, type: 'integer', minimum, maximum },
})
const oneOf = (description: string, values: readonly string[]): Schema => ({ description, enum: values })
const texts = (description: string): Schema => ({ description, type: 'array', items: { type: 'string' } })
const objects = (description: string): Schema => ({ description, type: 'array', items: { type: 'object' } })
const labels = (description: string): Schema => ({
  ...{ description, type: 'object', additionalProperties: { type: 'string' } },
})
/** A piece of Kubernetes' own API: the cluster judges it. */
const anything = (description: string): Schema => ({ description, type: 'object' })
const closed = (properties: Readonly<Record<string, Schema>>, more: object = {}): Schema => ({
  ...{ type: 'object', additionalProperties: false, ...more, properties },
})
const described = (description: string, schema: Schema): Schema => ({ description, ...schema })

const dnsName = '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'
const host = text('Host name; empty: no route.', { pattern: `^$|^(\\*\\.)?${dnsName.slice(1)}` })

const quantities = closed({
  cpu: { type: ['string', 'number', 'null'] },
  memory: text('', { pattern: '^[1-9][0-9]*(Mi|Gi)$' }),
  'ephemeral-storage': text('', { pattern: '^[1-9][0-9]*(Ki|Mi|Gi)$' }),
})
const resources = described(
  'Requests and limits. The heap of Node is `heapPercent` of the memory limit, so that one is needed. `limits.cpu: null` takes the CPU limit away.',
  closed({ requests: quantities, limits: { ...quantities, required: ['memory'] } }, { required: ['limits'] }),
)

const workload: Readonly<Record<string, Schema>> = {
  replicas: count('Pods, where nothing scales them.', 0, 1_000),
  resources,
  heapPercent: count('How much of the memory limit is heap; the rest is buffers, code, the stack.', 10, 90),
  startupSeconds: count(
    'How long a start may take before the pod is started anew. The tracker reads its states back.',
    10,
    3_600,
  ),
  podAnnotations: labels('Annotations of the pods.'),
  podLabels: labels('Further labels of the pods.'),
  nodeSelector: labels('Labels that a node must have.'),
  tolerations: objects('Taints that are tolerated.'),
  affinity: anything('Affinity of the pods; spreading is `topologySpread`.'),
  priorityClassName: text('Priority class of the pods.'),
  topologySpread: described(
    'What happens when pods of one service can not be spread over zones and hosts.',
    closed({
      zone: oneOf('', ['ScheduleAnyway', 'DoNotSchedule', 'none']),
      host: oneOf('', ['ScheduleAnyway', 'DoNotSchedule', 'none']),
    }),
  ),
  disruptionBudget: described(
    'A budget for voluntary disruptions, such as the draining of a node.',
    closed({ enabled: flag(''), maxUnavailable: { type: ['integer', 'string'] } }),
  ),
  rollout: described(
    'How many pods may be more or fewer while a new version comes. Every join of a consumer is a rebalance of its group.',
    closed({ maxSurge: { type: ['integer', 'string'] }, maxUnavailable: { type: ['integer', 'string'] } }),
  ),
  extraEnv: objects('Further variables, as Kubernetes has them; for settings there is `settings`.'),
  extraEnvFrom: objects('Further sources of variables.'),
  extraVolumes: objects('Further volumes, such as a CA for NODE_EXTRA_CA_CERTS.'),
  extraVolumeMounts: objects('Where they are mounted.'),
  extraEgress: objects('Further egress rules of the service’s NetworkPolicy.'),
}

const scaling = {
  minReplicas: count('Pods at least.', 1, 1_000),
  maxReplicas: count('Pods at most; of a consumer, never more than partitions.', 1, 1_000),
  scaleDownSeconds: count('How long it must be calm before a pod is taken away.', 0, 3_600),
}
const cpuPercent = count('`hpa`: CPU of the request at which a pod is added.', 10, 200)
const lagRecords = count('`keda`: records behind, for each pod.', 1, 10_000_000)

/** Which ways of scaling make sense: lag of a retry tier is the waiting itself, so it never scales on lag. */
const scalings: Readonly<Record<string, Schema>> = {
  api: scalingBy('hpa', { cpuPercent }),
  producer: scalingBy('hpa', { cpuPercent }),
  tracker: scalingBy('keda', { cpuPercent, lagRecords }),
  router: scalingBy('keda', { cpuPercent, lagRecords }),
  dispatcher: scalingBy('keda', { cpuPercent, lagRecords }),
  recorder: scalingBy('keda', { cpuPercent, lagRecords }),
  retry: described(
    '`keda` scales on how overdue deliveries leave their tier, asked of Prometheus; never on lag, which is the waiting itself.',
    closed(
      {
        kind: oneOf('What scales it.', ['none', 'keda']),
        ...scaling,
        overdueSeconds: count('`keda`: seconds overdue on average at which a pod is added.', 1, 3_600),
        prometheusAddress: text('`keda`: where Prometheus answers.', { pattern: '^$|^https?://\\S+$' }),
      },
      {
        if: { properties: { kind: { const: 'keda' } }, required: ['kind'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { prometheusAddress: { minLength: 8 } }, required: ['prometheusAddress'] },
      },
    ),
  ),
}

function scalingBy(most: 'hpa' | 'keda', more: Readonly<Record<string, Schema>>): Schema {
  const kinds = most === 'hpa' ? ['none', 'hpa'] : ['none', 'hpa', 'keda']
  return described(
    'What scales the service: nothing, CPU (`hpa`) or lag (`keda`); one kind excludes the others.',
    closed({ kind: oneOf('What scales it.', kinds), ...scaling, ...more }),
  )
}

const httpService = described(
  'The Kubernetes Service.',
  closed({
    type: oneOf('', ['ClusterIP', 'NodePort', 'LoadBalancer']),
    port: count('', 1, 65_535),
    annotations: labels(''),
  }),
)

const settingsOf = (plain: ServiceEnvironment['plain']): Schema =>
  closed(
    Object.fromEntries(
      Object.entries(plain).map(([name, row]) => [name, settingSchema(name, row)]),
    ) as Record<string, Schema>,
  )

function settingSchema(
  name: string,
  { schema, description }: { readonly schema: SettingSchema; readonly description: string },
): Schema {
  const drain = name === 'DRAIN_TIMEOUT_MS' ? { minimum: drainMinMs } : {}
  return { description: `${description}.`, ...schema, ...drain }
}

function serviceSchema({ name, plain }: ServiceEnvironment): Schema {
  const more: Record<string, Schema> = {}
  const autoscaling = scalings[name]
  if (autoscaling !== undefined) more['autoscaling'] = autoscaling
  if (['api', 'producer', 'inspector'].includes(name)) more['service'] = httpService
  if (name === 'api') {
    more['relay'] = described(
      'For `scanhook listen`: a Service at which the dispatcher alone reaches all pods of the API.',
      closed({
        networks: texts(
          'Networks in which that Service has its address, such as 10.96.0.0/12: deliveries may go to its port there. Empty: there is none, and nobody can listen.',
        ),
      }),
    )
  }
  if (name === 'inspector') {
    more['networks'] = texts(
      'Networks in which the inspector’s Service has its address, such as 10.96.0.0/12: deliveries may go to its port there.',
    )
  }
  const properties = {
    enabled: flag('Whether it runs.'),
    settings: described('Settings of this service alone.', settingsOf(plain)),
    ...more,
    ...workload,
  }
  // An inspector that nothing may be delivered to is of no use.
  const needs =
    name === 'inspector'
      ? {
          if: { properties: { enabled: { const: true } }, required: ['enabled'] },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: { properties: { networks: { minItems: 1 } }, required: ['networks'] },
        }
      : {}
  return closed(properties, needs)
}

const credential: Schema = {
  type: 'object',
  oneOf: [
    { maxProperties: 0 },
    closed(
      { existingSecret: { type: 'string', pattern: dnsName }, key: { type: 'string' } },
      {
        required: ['existingSecret'],
      },
    ),
    closed({ value: { type: 'string', minLength: 1 } }, { required: ['value'] }),
  ],
}

const dependency = (what: string): Schema =>
  described(
    `Where ${what} is. \`to\` empty: the private networks.`,
    closed({
      ports: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 65_535 } },
      to: objects(''),
    }),
  )

/** The whole schema, from what the services read. */
export function valuesSchema(environments: readonly ServiceEnvironment[]): Schema {
  const services = environments.filter(({ name }) => name !== 'setup')
  const setup = environments.filter(({ name }) => name === 'setup')
  const secrets = secretSettings(environments)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the chart scanhook',
    ...closed({
      global: anything('Helm’s own: values that a chart above this one shares.'),
      nameOverride: text('Instead of the chart’s name.'),
      fullnameOverride: text('Instead of release and chart in the names of all objects.'),
      commonLabels: labels('Labels of every object.'),
      image: described(
        'One image; the service is its argument.',
        closed({
          repository: text('Name of the image, with the registry where it is pulled from one.', {
            minLength: 1,
          }),
          tag: text('Empty: the chart’s appVersion.', { not: { const: 'latest' } }),
          digest: text('Instead of the tag.', { pattern: '^$|^sha256:[a-f0-9]{64}$' }),
          pullPolicy: oneOf('Always also asks whether this node may have the image.', [
            'Always',
            'IfNotPresent',
            'Never',
          ]),
        }),
      ),
      imagePullSecrets: objects('Secrets to pull the image with.'),
      settings: described(
        'Settings of every service that reads them, by the names of docs/reference/configuration.md. What has a default there may be left out.',
        settingsOf(plainSettings(environments)),
      ),
      credentials: described(
        'Where the secret settings come from. Each: `{}` (the Secret `existingSecret`, under the setting’s own name), `{existingSecret, key}`, or `{value}`, which the chart puts into a Secret.',
        closed({
          existingSecret: text(
            'The Secret that has what is not said otherwise; empty: `<fullname>-credentials`.',
            {
              pattern: `^$|${dnsName}`,
            },
          ),
          ...Object.fromEntries(
            secrets.map((name) => [name, described(`Source of \`${name}\`.`, credential)]),
          ),
        }),
      ),
      serviceAccount: described(
        'One for all pods; no token is mounted.',
        closed({ create: flag(''), name: text(''), annotations: labels('') }),
      ),
      drain: described(
        'The end of a pod: `preStopSeconds` (HTTP services go on answering while routers forget them), `DRAIN_TIMEOUT_MS`, and `marginSeconds` until it is killed. terminationGracePeriodSeconds is the sum.',
        closed({ preStopSeconds: count('', 0, 120), marginSeconds: count('', 5, 120) }),
      ),
      schemaCache: described(
        'Where schemas are kept so that a start does not need the registry: a claim that many pods may write (ReadWriteMany), or else a folder that lives as long as the pod.',
        closed({ existingClaim: text(''), sizeLimit: text('', { pattern: '^[1-9][0-9]*(Mi|Gi)$' }) }),
      ),
      defaults: described(
        'Of every service. What a service says itself replaces the value here as a whole.',
        closed(workload),
      ),
      services: closed(Object.fromEntries(services.map((service) => [service.name, serviceSchema(service)]))),
      setup: described(
        'Topics, schemas and tables, made before the services start. `hook`: before every install and upgrade; `job`: an ordinary Job (Argo CD, Flux); `none`: somebody else does it.',
        closed({
          mode: oneOf('', ['hook', 'job', 'none']),
          settings: settingsOf(setup[0]?.plain ?? {}),
          resources,
          backoffLimit: count('', 0, 20),
          activeDeadlineSeconds: count('', 30, 3_600),
        }),
      ),
      test: described(
        '`helm test`: an endpoint at the inspector, a scan, a verified delivery. Needs the inspector.',
        closed({ timeoutSeconds: count('', 10, 600), resources }),
      ),
      ingress: described(
        'An Ingress. Reads and the API have a host each, because they share the path /api/v1/events with different methods.',
        closed({
          enabled: flag(''),
          className: text(''),
          annotations: labels(''),
          api: closed({ host, tlsSecret: text('') }),
          producer: closed({ host, tlsSecret: text('') }),
        }),
      ),
      gateway: described(
        'A Gateway API HTTPRoute: one host for all, since it tells methods apart.',
        closed(
          {
            enabled: flag(''),
            parentRefs: objects(''),
            hostnames: texts(''),
            annotations: labels(''),
          },
          {
            if: { properties: { enabled: { const: true } }, required: ['enabled'] },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { properties: { parentRefs: { minItems: 1 } } },
          },
        ),
      ),
      networkPolicy: described(
        'Nothing is allowed but what a service needs. Only the dispatcher reaches the internet, and there neither private networks nor metadata services.',
        closed({
          enabled: flag(''),
          ingressFrom: objects('Who may reach api, producer and inspector; empty: everybody.'),
          metricsFrom: objects('Who may reach the metrics.'),
          privateNetworks: texts('Where dependencies are that have no `to`.'),
          dns: dependency('DNS'),
          kafka: dependency('Kafka'),
          registry: dependency('the schema registry'),
          postgres: dependency('PostgreSQL'),
          redis: dependency('Redis'),
          smtp: dependency('the mail server'),
          internet: described(
            'What the dispatcher reaches.',
            closed({ except: texts('Networks that it does not reach.') }),
          ),
        }),
      ),
      monitoring: described(
        'For the Prometheus operator and Grafana’s sidecar.',
        closed({
          kind: oneOf('Who finds the pods.', ['none', 'podMonitor', 'serviceMonitor']),
          interval: text('', { pattern: '^[1-9][0-9]*(s|m)$' }),
          labels: labels('By which Prometheus selects monitors and rules; often `release: …`.'),
          rules: closed({
            enabled: flag('Alerts and recording rules of `files/rules`.'),
            runbookUrl: text('Where `docs/runbooks` is published; every alert names its page there.', {
              pattern: '^$|^https?://[^\\s]+$',
            }),
            dashboardUrl: text('Grafana, with the path of its dashboards: `https://grafana.company.com/d`.', {
              pattern: '^$|^https?://[^\\s]+$',
            }),
          }),
          dashboards: closed({
            enabled: flag('Dashboards of `files/dashboards`.'),
            labels: labels('By which Grafana’s sidecar finds them.'),
            annotations: labels('Such as the folder.'),
          }),
        }),
      ),
      extraObjects: objects('Further objects, installed with the release.'),
    }),
  }
}
