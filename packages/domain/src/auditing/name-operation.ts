/** What a change of a state is called; a change without one is an update. Pure. */
import type { EndpointState } from '../endpoint.ts'
import type { AuditOperation } from './audit-entry.ts'

export function webhookOperation(before: EndpointState, after: EndpointState): AuditOperation {
  if (before === after) return 'webhook.updated'
  switch (after) {
    case 'active':
      return 'webhook.resumed'
    case 'paused':
      return 'webhook.paused'
    case 'disabled':
      return 'webhook.disabled'
  }
}

/** Of a job that people steer: what its runner does to it is its progress, not a change. */
export function jobOperation(before: string, after: string): AuditOperation {
  if (before === after) return 'job.updated'
  if (after === 'cancelled') return 'job.cancelled'
  return after === 'paused' ? 'job.paused' : 'job.resumed'
}
