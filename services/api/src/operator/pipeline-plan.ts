/** Which group reads which topic, and which tier is read by which; names as services/<name>/src/service.ts have them. Pure. */
import { retryTiers, scaledMs } from '@scanhook/domain/retry/tiers'
import type { TopicNames } from '@scanhook/schemas/topics'
import type { PipelinePlan } from './read-pipeline.ts'

/** Topics that a producer reads besides by its own settings are not known here. */
export function pipelinePlan(topics: TopicNames, prefix: string, scale: number): PipelinePlan {
  const of = (group: string, ...read: readonly string[]) =>
    read.map((topic) => ({ group: `${prefix}${group}`, topic }))
  return {
    groups: [
      ...of('producer', topics.reads, topics.businessEvents),
      ...of('tracker', topics.scans),
      ...of('tracker-withdrawals', topics.masterData),
      ...of('router', topics.events),
      ...of('dispatcher', topics.deliveries),
      ...of('recorder', topics.events, topics.attempts, topics.assetSeen),
      ...of('notifier', topics.endpointEvents),
    ],
    tiers: retryTiers.map(({ name, durationMs }) => ({
      ...{ group: `${prefix}retry`, topic: topics.retry[name] },
      ...{ tier: name, waitMs: scaledMs(durationMs, scale) },
    })),
  }
}
