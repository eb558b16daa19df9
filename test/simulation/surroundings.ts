/** What a simulated process sees of the world that it lives in. */
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { BreakerSnapshot } from '@scanhook/domain/endpoint-shared'
import type { EndpointId, OrgId } from '@scanhook/domain/ids'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import type { Auditor } from './auditor.ts'
import type { Breakage } from './breakages.ts'
import type { Log } from './log.ts'
import type { Receivers } from './receivers.ts'
import type { Scenario } from './scenario.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface Surroundings {
  readonly clock: VirtualClock
  readonly scenario: Scenario
  /** What is broken on purpose. */
  readonly breakage: Breakage | null
  readonly auditor: Auditor
  readonly log: Log
  readonly receivers: Receivers
  /** Records that are done, by coordinate; what Redis holds. */
  readonly marks: Set<string>
  /** Of endpoints whose breaker is not closed, as Redis holds them. */
  readonly breakers: Map<EndpointId, BreakerSnapshot>
  /** Of the world's first event, epoch seconds. */
  readonly firstEventTimeS: number
  /** For a part that is to have its own chance. */
  newSeed(): number
  findEndpoint(id: EndpointId): KnownEndpoint
  endpointsOf(org: OrgId): readonly Endpoint[]
}
