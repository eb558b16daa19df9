/** Several commands in one write, and one verdict over all of them. */
import type { ChainableCommander, Redis } from 'ioredis'

/**
 * True when all were taken. Throws the first refusal or timeout, so that `attempt` hears of it: `exec` itself hides them
 * among the answers.
 */
export async function runPipeline(
  client: Redis,
  fill: (pipeline: ChainableCommander) => void,
): Promise<true> {
  const pipeline = client.pipeline()
  fill(pipeline)
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error
  return true
}
