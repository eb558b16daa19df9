/**
 * The span of one request: `POST`, kind client, by the OpenTelemetry conventions for HTTP. One delivery: a child of its
 * record's span. Several in one request: a trace of its own, linked to each of theirs, because it is no more the child of one
 * than of another.
 *
 * A receiver's URL may hold a token in its path or query, so that only its host is said, never `url.full`.
 */
import type { AttemptOutcome } from '@scanhook/domain/attempt'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { OpenSpan, SpanDescription, Tracing } from '@scanhook/observability/tracing'
import { outcomeLabel } from './describe-attempt.ts'
import type { Work } from './work.ts'

/** Null where none of the deliveries is recorded. */
export function openAttemptSpan(
  tracing: Tracing,
  works: readonly Work[],
  endpoint: Endpoint,
): OpenSpan | null {
  const [first] = works
  if (!tracing.isOn || first === undefined) return null
  const describe = (): SpanDescription => ({
    name: 'POST',
    kind: 'client',
    attributes: attributesOf(works, first, endpoint),
  })
  if (works.length === 1) return first.trace === undefined ? null : tracing.follow(first.trace, describe)
  return tracing.join(
    works.flatMap(({ trace }) => (trace === undefined ? [] : [trace])),
    describe,
  )
}

function attributesOf(
  works: readonly Work[],
  { delivery }: Work,
  endpoint: Endpoint,
): NonNullable<SpanDescription['attributes']> {
  const url = URL.parse(endpoint.url)
  const shared = {
    'http.request.method': 'POST',
    'server.address': url?.hostname ?? '',
    'server.port': Number(url?.port || (url?.protocol === 'http:' ? 80 : 443)),
    'scanhook.org.id': endpoint.orgId,
    'scanhook.endpoint.id': endpoint.id,
  }
  if (works.length > 1) return { ...shared, 'messaging.batch.message_count': works.length }
  return {
    ...shared,
    'scanhook.delivery.id': delivery.deliveryId,
    'scanhook.event.id': delivery.event.eventId,
    'scanhook.event.type': delivery.event.type,
    'http.request.resend_count': delivery.attemptNumber - 1,
  }
}

export function endAttemptSpan(span: OpenSpan | null, outcome: AttemptOutcome): void {
  if (span === null) return
  if (outcome.kind === 'failed') {
    span.end(outcomeLabel(outcome))
    return
  }
  span.set({ 'http.response.status_code': outcome.status })
  span.end(outcome.status >= 400 ? String(outcome.status) : undefined)
}
