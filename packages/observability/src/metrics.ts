/**
 * Counts and durations for Prometheus. The only door to prom-client; instruments have our shape, so that the client
 * can be replaced in this file.
 *
 * Invariants
 *   M1. Asking twice for one name gives the same instrument; asking with other labels or another kind is a mistake
 *       in our code and throws.
 *   M2. Where the values of every label are given, all their combinations exist from the start, at zero: a rate needs
 *       the sample before the first count.
 *   M3. No label is an id: one series per endpoint or organization would outgrow Prometheus. Such numbers come from
 *       PostgreSQL through the API.
 *
 * Kept as OpenMetrics inside (exemplars exist only there); plain Prometheus text is made from it on request. The
 * client can't switch between the two: it renames counters for good on the first OpenMetrics answer.
 */
import { AssertionError, strict as assert } from 'node:assert'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client'
import { version } from './version.ts'

export type LabelValues = Readonly<Record<string, string | number>>
/** Names alone, or names with all their values (then every combination begins at zero). */
export type LabelNames = readonly string[] | Readonly<Record<string, readonly string[]>>

export interface CounterInstrument {
  /** Adds `count` (default 1, ≥ 0). */
  inc(labels?: LabelValues, count?: number): void
}

export interface GaugeInstrument {
  set(value: number): void
  set(labels: LabelValues, value: number): void
  /** Adds `count` (default 1; negative takes away). */
  add(labels?: LabelValues, count?: number): void
  /** Forgets one combination, e.g. of a partition that went to another process. */
  remove(labels: LabelValues): void
}

export interface HistogramInstrument {
  /**
   * Base units: seconds, bytes. `traceId` becomes the exemplar of the bucket; without one, the trace that is current
   * (`MetricsOptions`), if any.
   */
  observe(labels: LabelValues, value: number, traceId?: string): void
}

export interface Metrics {
  /** `name` ends in `_total`. */
  counter(name: string, help: string, labels?: LabelNames): CounterInstrument
  gauge(name: string, help: string, labels?: LabelNames): GaugeInstrument
  /** `buckets`: upper bounds, rising. */
  histogram(name: string, help: string, labels: LabelNames, buckets: readonly number[]): HistogramInstrument
  /** Called before each answer: for gauges that are read off something. Must be quick and must not throw. */
  onCollect(act: () => void): void
  /** Everything, in Prometheus text format 0.0.4. */
  text(): Promise<string>
  readonly contentType: string
  /** Everything, in the format that the `Accept` header asks for. */
  render(accept: string | undefined): Promise<{ readonly contentType: string; readonly body: string }>
}

interface Known {
  readonly signature: string
  readonly instrument: CounterInstrument | GaugeInstrument | HistogramInstrument
}

/** More combinations than this are not a closed set but a mistake (the largest real one is 11 outcomes × 3 phases). */
const combinationsMax = 500

const textFormat = 'text/plain; version=0.0.4; charset=utf-8'

export interface MetricsOptions {
  /** Also CPU, memory, event loop, garbage collection and version of the process. */
  readonly withProcess?: boolean | undefined
  /** The trace under way where something is observed, 32 hexadecimal digits; undefined where there is none. */
  readonly currentTraceId?: (() => string | undefined) | undefined
}

/** A registry of its own: two services in one process share one, two tests don't. */
export function openMetrics(options: MetricsOptions = {}): Metrics {
  const { currentTraceId = () => undefined } = options
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const known = new Map<string, Known>()
  const collectors: (() => void)[] = []
  if (options.withProcess === true) registerProcess(registry)

  function once<T extends Known['instrument']>(
    kind: string,
    name: string,
    labels: LabelNames,
    open: () => T,
  ): T {
    assert.match(name, /^scanhook_[a-z0-9_]+$/, `METRIC_NAME: ${name} must begin with scanhook_`)
    const names = labelNamesOf(labels)
    assert(
      !names.some((label) => /(^|_)(id|url|host)$/.test(label)),
      `METRIC_LABELS: ${name} has an id as a label`,
    )
    const signature = `${kind}(${names.join(',')})`
    const existing = known.get(name)
    if (existing !== undefined) {
      assert.equal(existing.signature, signature, `METRIC_CHANGED: ${name} is ${existing.signature} already`)
      return existing.instrument as T
    }
    const instrument = open()
    known.set(name, { signature, instrument })
    return instrument
  }

  async function openMetricsText(): Promise<string> {
    for (const collect of collectors) collect()
    return registry.metrics()
  }

  const text = async (): Promise<string> => toPrometheusText(await openMetricsText())

  return {
    contentType: textFormat,
    counter: (name, help, labels = []) =>
      once('counter', name, labels, () => {
        assert.match(name, /_total$/, `METRIC_NAME: counter ${name} must end in _total`)
        return openCounter(registry, { name, help, labels })
      }),
    gauge: (name, help, labels = []) =>
      once('gauge', name, labels, () => openGauge(registry, { name, help, labels })),
    histogram: (name, help, labels, buckets) =>
      once('histogram', name, labels, () =>
        openHistogram(registry, { name, help, labels, buckets, currentTraceId }),
      ),
    onCollect: (act) => {
      collectors.push(act)
    },
    text,
    render: async (accept) =>
      accept?.includes('application/openmetrics-text') === true
        ? { contentType: Registry.OPENMETRICS_CONTENT_TYPE, body: await openMetricsText() }
        : { contentType: textFormat, body: await text() },
  }
}

type OpenRegistry = Registry<OpenMetricsContentType>

interface InstrumentOptions {
  readonly name: string
  readonly help: string
  readonly labels: LabelNames
}

function openCounter(registry: OpenRegistry, { name, help, labels }: InstrumentOptions): CounterInstrument {
  const counter = new Counter({ name, help, labelNames: labelNamesOf(labels), registers: [registry] })
  for (const values of combinationsOf(labels)) counter.inc(values, 0)
  return {
    inc: (values, count = 1) => (values === undefined ? counter.inc(count) : counter.inc(values, count)),
  }
}

function openGauge(registry: OpenRegistry, { name, help, labels }: InstrumentOptions): GaugeInstrument {
  const gauge = new Gauge({ name, help, labelNames: labelNamesOf(labels), registers: [registry] })
  for (const values of combinationsOf(labels)) gauge.set(values, 0)
  return {
    set: (first: LabelValues | number, value?: number) => {
      if (typeof first === 'number') gauge.set(first)
      else gauge.set(first, value ?? Number.NaN)
    },
    add: (values, count = 1) => (values === undefined ? gauge.inc(count) : gauge.inc(values, count)),
    remove: (values) => gauge.remove(values),
  }
}

interface HistogramOptions extends InstrumentOptions {
  readonly buckets: readonly number[]
  readonly currentTraceId: () => string | undefined
}

function openHistogram(
  registry: OpenRegistry,
  { name, help, labels, buckets, currentTraceId }: HistogramOptions,
): HistogramInstrument {
  const histogram = new Histogram({
    name,
    help,
    labelNames: labelNamesOf(labels),
    buckets: [...buckets],
    registers: [registry],
    enableExemplars: true,
  })
  for (const values of combinationsOf(labels)) histogram.zero(values)
  return {
    observe: (values, value, traceId = currentTraceId()) => {
      histogram.observe({ labels: values, value, exemplarLabels: traceId === undefined ? {} : { traceId } })
    },
  }
}

/** CPU, memory, event loop and garbage collection of this process, and which version it is. */
function registerProcess(registry: OpenRegistry): void {
  collectDefaultMetrics({ register: registry })
  const build = new Gauge({
    name: 'scanhook_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node'],
    registers: [registry],
  })
  build.set({ version, node: process.version }, 1)
}

function labelNamesOf(labels: LabelNames): string[] {
  return Array.isArray(labels) ? [...labels] : Object.keys(labels)
}

function combinationsOf(labels: LabelNames): LabelValues[] {
  if (Array.isArray(labels)) return []
  let combinations: LabelValues[] = [{}]
  for (const [name, values] of Object.entries(labels)) {
    combinations = combinations.flatMap((before) =>
      values.map((value: string) => ({ ...before, [name]: value })),
    )
    if (combinations.length > combinationsMax) {
      throw new AssertionError({
        message: `METRIC_LABELS: more than ${combinationsMax} combinations are no closed set`,
      })
    }
  }
  return combinations
}

/** OpenMetrics names a counter without `_total` in its HELP and TYPE lines, allows exemplars and ends with EOF. */
function toPrometheusText(openMetricsText: string): string {
  const lines = openMetricsText.split('\n').filter((line) => line !== '# EOF' && line !== '')
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+) counter$/.exec(line)?.[1] ?? []))
  const rendered = lines.map((line) => {
    if (!line.startsWith('# ')) return line.replace(/ # \{.*$/, '')
    const [, keyword, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? []
    if (keyword === undefined || name === undefined || !counters.has(name)) return line
    return `# ${keyword} ${name}_total${line.slice(3 + keyword.length + name.length)}`
  })
  return `${rendered.join('\n')}\n`
}
