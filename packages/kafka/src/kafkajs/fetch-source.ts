/** The cluster as the fetch loops want it. */
import type { BrokerSession } from './broker-session.ts'
import { fetchExchange } from './exchanges.ts'
import type { FetchSource } from './fetch-loops.ts'
import { earliestOffsets } from './offsets.ts'

export type FetchSession = Pick<BrokerSession, 'layoutOf' | 'refresh' | 'withNode'>

export function fetchSource(session: FetchSession): FetchSource {
  return {
    leaderOf: ({ topic, partition }) => session.layoutOf(topic)?.leaders[partition] ?? -1,
    refresh: (topics) => session.refresh(topics),
    fetch: (node, parts, options) =>
      session.withNode(node, (broker) => broker.connectionPool.send(fetchExchange(parts, options))),
    earliest: async ({ topic, partition }) => {
      const offsets = await earliestOffsets(session, topic, [partition])
      return offsets.get(partition) ?? null
    },
  }
}
