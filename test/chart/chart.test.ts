/** What the chart makes of each file of values in ci/, judged by Helm, by Kubernetes' schemas, by kube-score, and by us. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseEnv, type Settings } from '@scanhook/config/settings'
import { readEnvironments } from '@scanhook/deploy/read-environment'
import { runtimeSettings } from '@scanhook/runtime/settings'
import { readServiceTables } from '@scanhook/tidy/read-service-tables'
import { isPublicAddress } from '@scanhook/webhook-client/address-policy'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { chart, helm, type KubernetesObject, objectsOf, root, template } from './render.ts'

const tools = inject('chartTools')
const program = (name: keyof typeof tools): string => ('path' in tools[name] ? tools[name].path : '')
const reason = (name: keyof typeof tools): string =>
  'missing' in tools[name] ? ` (${name}: ${tools[name].missing})` : ''
const hasHelm = 'path' in tools.helm
const folder = mkdtempSync(join(tmpdir(), 'scanhook-chart-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const names = readdirSync(join(chart, 'ci')).map((file) => basename(file, '-values.yaml'))
const fileOf = (name: string): string => join(chart, 'ci', `${name}-values.yaml`)
const texts = new Map(
  hasHelm ? names.map((name) => [name, template(program('helm'), ['-f', fileOf(name)])]) : [],
)
const rendered = (name: string): readonly KubernetesObject[] => objectsOf(texts.get(name) ?? '')
const ofKind = (name: string, kind: string): readonly KubernetesObject[] =>
  rendered(name).filter((object) => object['kind'] === kind)
const component = (object: KubernetesObject): string =>
  object['metadata'].labels['app.kubernetes.io/component']
const podsOf = (name: string): readonly KubernetesObject[] =>
  rendered(name).flatMap((object) => {
    if (object['kind'] === 'Pod') return [object['spec']]
    return object['spec']?.template?.spec === undefined ? [] : [object['spec'].template.spec]
  })
const envOf = (pod: KubernetesObject): Readonly<Record<string, KubernetesObject>> =>
  Object.fromEntries(pod['containers'][0].env.map((row: KubernetesObject) => [row['name'], row]))
const tables = await readServiceTables(root)

describe.skipIf(!hasHelm)(`every file of values${reason('helm')}`, () => {
  describe.each(names)('%s', (name) => {
    test('helm lint finds nothing', () => {
      expect(helm(program('helm'), ['lint', '--strict', '--quiet', chart, '-f', fileOf(name)])).not.toMatch(
        /ERROR|WARNING/,
      )
    })

    test('no pod is root, may write its files, gain a right or speak to the cluster', () => {
      for (const pod of podsOf(name)) {
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        })
        expect(pod['securityContext'].runAsUser).toBeGreaterThan(10_000)
        expect(pod['securityContext'].runAsGroup).toBeGreaterThan(10_000)
        for (const container of pod['containers']) {
          expect(container.securityContext).toMatchObject({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          })
          expect(container.image).toMatch(/(:\d|@sha256:)/)
          expect(container.resources.limits).toMatchObject({
            memory: expect.any(String),
            'ephemeral-storage': expect.any(String),
          })
          expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' })
        }
      }
    })

    test('secrets come from Secrets, and stand nowhere else', async () => {
      const secrets = new Set((await readEnvironments(root)).flatMap(({ secret }) => Object.keys(secret)))
      for (const pod of podsOf(name))
        for (const [key, row] of Object.entries(envOf(pod)))
          expect(row['valueFrom']?.secretKeyRef !== undefined, key).toBe(secrets.has(key))
      const rest = rendered(name).filter(({ kind }) => kind !== 'Secret')
      expect(JSON.stringify(rest)).not.toContain('not-a-secret')
    })

    test('three probes on three paths, and time enough to drain', () => {
      for (const { spec } of ofKind(name, 'Deployment')) {
        const pod = spec.template.spec
        const [container] = pod.containers
        expect(
          ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container[probe].httpGet.path),
        ).toEqual(['/startupz', '/livez', '/readyz'])
        const drainS = Number(envOf(pod)['DRAIN_TIMEOUT_MS']?.['value']) / 1000
        const preStopS = container.lifecycle?.preStop.sleep.seconds ?? 0
        // 15 s for the longest attempt, and then something.
        expect(drainS).toBeGreaterThan(15)
        expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopS + drainS + 5)
        expect(preStopS > 0).toBe(container.ports.some((port: KubernetesObject) => port['name'] === 'http'))
      }
    })

    test('the heap is a part of the memory limit', () => {
      for (const { spec } of ofKind(name, 'Deployment')) {
        const pod = spec.template.spec
        const [, heap] = /--max-old-space-size=(\d+)/.exec(envOf(pod)['NODE_OPTIONS']?.['value']) ?? []
        const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(pod.containers[0].resources.limits.memory) ?? []
        const limitMiB = Number(number) * (unit === 'Gi' ? 1024 : 1)
        expect(Number(heap) / limitMiB).toBeGreaterThan(0.3)
        expect(Number(heap) / limitMiB).toBeLessThan(0.8)
      }
    })

    test('every service takes the environment that its Deployment gives it', () => {
      const stand: Readonly<Record<string, string>> = {
        POSTGRES_URL: 'postgres://a/b',
        REDIS_URL: 'redis://a',
        REGISTRY_URL: 'http://a',
        SECRET_KEYS: 'k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=',
      }
      const jobs = [...ofKind(name, 'Deployment'), ...ofKind(name, 'Job')]
      for (const object of jobs) {
        const table = tables.find((each) => each.name === component(object))
        const settings = { ...runtimeSettings, ...(table?.settings as Settings) }
        const env = Object.entries(envOf(object['spec'].template.spec)).map(([key, row]) => [
          key,
          row['value'] ?? stand[key],
        ])
        expect(parseEnv(settings, Object.fromEntries(env)), component(object)).toMatchObject({ ok: true })
      }
    })

    test('nothing scales twice, and what is scaled has no number of its own', () => {
      const scalers = [...ofKind(name, 'HorizontalPodAutoscaler'), ...ofKind(name, 'ScaledObject')].map(
        component,
      )
      expect(scalers).toEqual([...new Set(scalers)])
      for (const deployment of ofKind(name, 'Deployment'))
        expect(deployment['spec'].replicas === undefined, component(deployment)).toBe(
          scalers.includes(component(deployment)),
        )
      const retry = ofKind(name, 'ScaledObject').find((each) => component(each) === 'retry')
      for (const trigger of retry?.['spec'].triggers ?? []) expect(trigger.type).toBe('prometheus')
    })

    test('only the dispatcher reaches the internet', () => {
      const reaching = ofKind(name, 'NetworkPolicy').filter((policy) =>
        JSON.stringify(policy).includes('"0.0.0.0/0"'),
      )
      expect(reaching.map(component)).toEqual(
        ofKind(name, 'NetworkPolicy').length === 0 ? [] : ['dispatcher'],
      )
    })

    test.skipIf('missing' in tools.kubeconform)(
      `Kubernetes' schemas have no objection${reason('kubeconform')}`,
      () => {
        const file = join(folder, `${name}.yaml`)
        writeFileSync(file, texts.get(name) ?? '')
        const schemas = join(import.meta.dirname, 'schemas')
        const at = (which: string): string =>
          join(schemas, which, '{{ .ResourceKind }}{{ .KindSuffix }}.json')
        const args = [
          '-strict',
          '-output=json',
          '-summary',
          '-schema-location',
          at('kubernetes'),
          '-schema-location',
          at('custom'),
        ]
        // The Gateway API's schemas could not be had.
        const said = execFileSync(program('kubeconform'), [...args, '-skip', 'HTTPRoute', file], {
          encoding: 'utf8',
        })
        expect(JSON.parse(said).summary).toMatchObject({ invalid: 0, errors: 0 })
        expect(JSON.parse(said).summary.valid).toBeGreaterThan(10)
      },
    )
  })
})

describe.skipIf(!hasHelm)(`the chart${reason('helm')}`, () => {
  test('every setting of every service can be said, and arrives', async () => {
    const pods = [...ofKind('every-setting', 'Deployment'), ...ofKind('every-setting', 'Job')]
    for (const { name, plain, secret, owned } of await readEnvironments(root)) {
      const object = pods.find((each) => component(each) === name)
      const given = Object.keys(envOf(object?.['spec'].template.spec)).filter((key) => key !== 'NODE_OPTIONS')
      expect(given.sort(), name).toEqual(
        [...Object.keys(plain), ...Object.keys(secret), ...Object.keys(owned)].sort(),
      )
    }
  })

  test('every service has a Deployment, a disruption budget, a policy, and is spread', () => {
    const services = tables.map(({ name }) => name).filter((name) => name !== 'setup' && name !== 'inspector')
    for (const kind of ['Deployment', 'PodDisruptionBudget', 'NetworkPolicy'])
      expect(ofKind('default', kind).map(component), kind).toEqual(expect.arrayContaining(services))
    for (const { spec } of ofKind('default', 'Deployment'))
      expect(
        spec.template.spec.topologySpreadConstraints.map((each: KubernetesObject) => each['topologyKey']),
      ).toEqual(['topology.kubernetes.io/zone', 'kubernetes.io/hostname'])
  })

  test('the default values make the objects of golden/default.yaml (npm run chart -- -u, then read the difference)', async () => {
    const golden = join(import.meta.dirname, 'golden/default.yaml')
    expect(existsSync(golden)).toBe(true)
    await expect(texts.get('default')).toMatchFileSnapshot(golden)
  })

  test('retry grows by how overdue its heads are, never by lag', () => {
    const scaled = ofKind('production', 'ScaledObject').find((each) => component(each) === 'retry')
    const triggers: readonly KubernetesObject[] = scaled?.['spec'].triggers
    expect(triggers.map(({ type }) => type)).toEqual(['prometheus'])
    expect(triggers[0]?.['metadata'].query).toContain('scanhook_retry_head_overdue_seconds')
    expect(readFileSync(join(root, 'docs/reference/metrics.md'), 'utf8')).toContain(
      'scanhook_retry_head_overdue_seconds',
    )
  })

  test('what nobody allowed is denied', () => {
    const policy = ofKind('default', 'NetworkPolicy').find(
      ({ metadata }) => metadata.name === 'scanhook-default-deny',
    )
    expect(policy?.['spec']).toMatchObject({ policyTypes: ['Ingress', 'Egress'] })
    expect(Object.keys(policy?.['spec'])).toEqual(['podSelector', 'policyTypes'])
  })

  test('the networks that the dispatcher does not reach are those that its own check refuses', () => {
    const text = JSON.stringify(
      ofKind('default', 'NetworkPolicy').find((each) => component(each) === 'dispatcher'),
    )
    const blocks = [...text.matchAll(/"except":\[([^\]]+)\]/g)].flatMap(
      ([, list]) => JSON.parse(`[${list}]`) as string[],
    )
    expect(blocks).toContain('169.254.0.0/16')
    for (const block of blocks) expect(isPublicAddress(block.split('/')[0] ?? ''), block).toBe(false)
  })

  test('setup is a hook with what it needs before it, a Job of its own name, or nobody’s', () => {
    const hooks = rendered('default').filter(
      ({ metadata }) => metadata.annotations?.['helm.sh/hook'] === 'pre-install,pre-upgrade',
    )
    const weights = Object.fromEntries(
      hooks.map(({ kind, metadata }) => [kind, Number(metadata.annotations['helm.sh/hook-weight'])]),
    )
    expect(weights['ServiceAccount']).toBeLessThan(weights['Job'] ?? -100)
    expect(weights['NetworkPolicy']).toBeLessThan(weights['Job'] ?? -100)
    expect(ofKind('small', 'Job')[0]?.['metadata'].name).toMatch(/^scanhook-setup-[0-9a-f]{8}$/)
    expect(ofKind('small', 'Job')[0]?.['metadata'].annotations).toBeUndefined()
    expect(ofKind('hpa', 'Job')).toEqual([])
  })

  test('helm test proves a verified delivery where there is an inspector', () => {
    expect(ofKind('small', 'Pod')[0]?.['spec'].containers[0].args).toEqual([
      'setup/prove',
      '--org',
      'Helm test',
    ])
    expect(ofKind('default', 'Pod')).toEqual([])
    const dispatcher = ofKind('small', 'Deployment').find((each) => component(each) === 'dispatcher')
    expect(envOf(dispatcher?.['spec'].template.spec)['WEBHOOK_ALLOWED_TARGETS']?.['value']).toBe(
      '10.96.0.0/12:9000,10.96.0.0/12:8082',
    )
  })

  test('where people may listen, the dispatcher and nobody else reaches the relay of every pod of the API', () => {
    const [api, dispatcher] = ['api', 'dispatcher'].map((name) =>
      ofKind('small', 'Deployment').find((each) => component(each) === name),
    )
    expect(envOf(api?.['spec'].template.spec)['API_RELAY_URL']?.['value']).toBe(
      'http://scanhook-api-relay:8082',
    )
    const service = ofKind('small', 'Service').find(({ metadata }) => metadata.name === 'scanhook-api-relay')
    expect(service?.['spec']).toMatchObject({
      selector: api?.['spec'].selector.matchLabels,
      ports: [{ name: 'relay', port: 8082, targetPort: 'relay' }],
    })
    expect(api?.['spec'].template.spec.containers[0].ports).toContainEqual({
      ...{ name: 'relay', containerPort: 8082 },
    })
    const toRelay = [{ port: 'relay', protocol: 'TCP' }]
    const policies = ofKind('small', 'NetworkPolicy')
    const rulesOf = (name: string, way: string): readonly KubernetesObject[] =>
      policies
        .find((each) => component(each) === name)
        ?.['spec'][way].filter(
          ({ ports }: KubernetesObject) => JSON.stringify(ports) === JSON.stringify(toRelay),
        )
    const labelsOf = (deployment: KubernetesObject | undefined) => [
      { podSelector: { matchLabels: deployment?.['spec'].selector.matchLabels } },
    ]
    expect(rulesOf('api', 'ingress')).toEqual([{ ports: toRelay, from: labelsOf(dispatcher) }])
    expect(rulesOf('dispatcher', 'egress')).toEqual([{ ports: toRelay, to: labelsOf(api) }])
    expect(JSON.stringify(rendered('default'))).not.toMatch(/relay"/)
  })

  test('a gateway tells reads from the API by their method', () => {
    const [route] = ofKind('production', 'HTTPRoute')
    const [reads, rest] = route?.['spec'].rules ?? []
    expect(reads.matches.map((match: KubernetesObject) => match['method'])).toEqual(['POST', 'POST', 'POST'])
    expect(reads.backendRefs[0].name).toBe('scanhook-producer')
    expect(rest.backendRefs[0].name).toBe('scanhook-api')
  })

  test('rules and dashboards are those of the files', () => {
    const files = (which: string, end: string): number =>
      readdirSync(join(chart, 'files', which)).filter((file) => file.endsWith(end)).length
    expect(ofKind('production', 'PrometheusRule')).toHaveLength(files('rules', '.yaml'))
    const rules = JSON.stringify(ofKind('production', 'PrometheusRule'))
    expect(rules).toContain('"runbook_url":"https://wiki.example.com/scanhook/retry-overdue.md"')
    expect(rules).toContain('"dashboard_url":"https://grafana.example.com/d/scanhook-')
    expect(rules).not.toMatch(/scanhook\.example\/|grafana\.example\//)
    expect(
      ofKind('production', 'ConfigMap').filter(({ metadata }) => metadata.name.includes('-dashboard-')),
    ).toHaveLength(files('dashboards', '.json'))
    expect(ofKind('production', 'PodMonitor')).toHaveLength(1)
    expect(ofKind('hpa', 'ServiceMonitor')).toHaveLength(1)
  })

  test.each([
    ['more pods than partitions', ['--set', 'services.router.replicas=20'], /there are 12 partitions/],
    [
      'one host for two services of an Ingress',
      ['--set', 'ingress.enabled=true,ingress.api.host=a,ingress.producer.host=a'],
      /must differ/,
    ],
    ['a value that is none', ['--set', 'nonsense=1'], /nonsense/],
    ['a number as text', ['--set-string', 'settings.POSTGRES_POOL_MAX=8'], /POSTGRES_POOL_MAX/],
    [
      'a Secret and a value at once',
      ['--set', 'credentials.REDIS_URL.existingSecret=a,credentials.REDIS_URL.value=b'],
      /REDIS_URL/,
    ],
    [
      'an inspector that nothing may be delivered to',
      ['--set', 'services.inspector.enabled=true'],
      /inspector/,
    ],
  ])('Helm refuses %s', (_what, args, why) => {
    expect(() => template(program('helm'), args)).toThrow(why)
  })

  test.skipIf('missing' in tools['kube-score'])(
    `kube-score finds nothing critical in the default values${reason('kube-score')}`,
    () => {
      const file = join(folder, 'scored.yaml')
      writeFileSync(file, texts.get('default') ?? '')
      const said = execFileSync(program('kube-score'), ['score', '--output-format=ci', file], {
        encoding: 'utf8',
      })
      expect(said.split('\n').filter((line) => line.startsWith('[CRITICAL]'))).toEqual([])
      expect(said).toContain('[OK]')
    },
  )
})
