/** For tests: operators' ports of an installation in which nothing happens. */
import type { OperatorPorts } from './routes.ts'

export function quietOperator(changes: Partial<OperatorPorts> = {}): OperatorPorts {
  return {
    isOperator: () => false,
    pipeline: async () => ({ measuredAtMs: 0, groups: [], tiers: [] }),
    throughput: async () => ({ measuredAtMs: 0, nowSeconds: 60, streams: [] }),
    breakers: async () => ({ measuredAtMs: 0, heldBack: null, isComplete: false }),
    tenants: async () => ({ measuredAtMs: 0, tenants: [], total: 0, failing: [] }),
    subjects: async () => ({ measuredAtMs: 0, subjects: [] }),
    poison: {
      list: async () => ({ entries: [], lookedAt: 0, total: 0, next: null }),
      replay: async () => [],
    },
    ...changes,
  }
}
