import { expect, test } from 'vitest'
import { activeSpan, activeTraceHeaders, noTracing, openSpans, type SpanStart, within } from './tracing.ts'

const sampled = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=1' }
const unsampled = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' }
const malformed = { traceparent: '00-nonsense-01' }
const describe = () => ({ name: 'process scans', kind: 'consumer' }) as const

function bench(ratio: number, random = () => 0.5) {
  const opened: SpanStart[] = []
  const span = {
    traceId: 't',
    spanId: 's',
    headers: { traceparent: 'own' },
    set: () => undefined,
    end: () => undefined,
  }
  const open = (start: SpanStart) => {
    opened.push(start)
    return span
  }
  return { tracing: openSpans({ open }, { ratio, random }), opened, span }
}

test('S1: off, nothing is described, let alone opened', () => {
  const unasked = () => expect.unreachable()
  expect(noTracing.follow(sampled, unasked)).toBeNull()
  expect(noTracing.enter({}, unasked)).toBeNull()
  expect(noTracing.join([sampled], unasked)).toBeNull()
})

test('S1, S2: what is not sampled is not described either', () => {
  const { tracing } = bench(0.1)
  const unasked = () => expect.unreachable()
  expect(tracing.follow({}, unasked)).toBeNull()
  expect(tracing.follow(unsampled, unasked)).toBeNull()
  expect(tracing.enter(unsampled, unasked)).toBeNull()
  expect(tracing.enter({}, unasked)).toBeNull()
  expect(tracing.join([{}, unsampled, malformed], unasked)).toBeNull()
})

test('S2: the flag of whoever led here decides, whatever the ratio', () => {
  const { tracing, opened } = bench(0)
  expect(tracing.follow(sampled, describe)).not.toBeNull()
  expect(tracing.enter(sampled, describe)).not.toBeNull()
  expect(opened.map(({ parent }) => parent?.spanId)).toEqual(['00f067aa0ba902b7', '00f067aa0ba902b7'])
  expect(opened[0]?.tracestate).toBe('a=1')
})

test('S2: a trace begins only at an entry, and of so many entries one, malformed headers as none', () => {
  let chance = 0
  const { tracing, opened } = bench(0.25, () => {
    chance += 0.125
    return chance
  })
  for (let i = 0; i < 8; i += 1) {
    tracing.enter(malformed, describe)
    tracing.follow(malformed, describe)
  }
  expect(opened).toHaveLength(1)
  expect(opened[0]).toMatchObject({ parent: null, tracestate: undefined })
})

test('many that become one are linked, each recorded one once, 128 at most, and none is the parent', () => {
  const { tracing, opened } = bench(0)
  tracing.join([sampled, unsampled, sampled, malformed], describe)
  expect(opened[0]).toMatchObject({ parent: null, links: [{ spanId: '00f067aa0ba902b7' }] })
  const many = Array.from({ length: 200 }, (_, i) => ({
    traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${(i + 1).toString(16).padStart(16, '0')}-01`,
  }))
  tracing.join(many, describe)
  expect(opened[1]?.links).toHaveLength(128)
})

test('a span is active for what it does, also later, and for nothing beside it', async () => {
  const { span } = bench(1)
  expect(activeSpan()).toBeNull()
  await within(span, async () => {
    await Promise.resolve()
    expect(activeSpan()).toBe(span)
    expect(activeTraceHeaders()).toEqual({ traceparent: 'own' })
  })
  within(null, () => expect(activeTraceHeaders()).toBeUndefined())
})
