/** The figures of the breakers bench for a person to read. */
import type { BreakerFigures } from './breakers.ts'

export function printBreakers({ sizes, costs }: BreakerFigures): string {
  return [
    `${sizes.count} breakers, idle for ${sizes.idleSeconds} s but for ten requests a second to one of them`,
    ...costs.map(
      (cost) =>
        `${cost.kind}: ${cost.idlePercent.toFixed(2)} % of a core, loop held up for ${cost.idleLongestMs.toFixed(1)} ms at most; ${cost.bytesEach.toFixed(0)} B and ${cost.microsToMake.toFixed(1)} µs each; ${cost.microsPerCall.toFixed(2)} µs per request`,
    ),
    '',
  ].join('\n')
}
