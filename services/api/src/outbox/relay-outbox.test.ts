import { orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { silentLog } from '@scanhook/observability/log'
import { expect, test } from 'vitest'
import { type OutboxSender, type OutboxSession, type RelayPorts, startRelay } from './relay-outbox.ts'

function change(version: number): MasterDataChange {
  return { orgId: orgId(1), kind: 'asset', id: 5, version, changedAtMs: 0, isDeleted: false, document: '{}' }
}

interface Stage {
  readonly ports: RelayPorts
  readonly rows: number[]
  readonly sent: number[]
  readonly leading: boolean[]
  /** What was opened and closed, in order. */
  readonly acts: string[]
  /** Lets every timer fire. */
  readonly passTime: () => void
  readonly settle: () => Promise<void>
  kafkaIsAway: boolean
  postgresIsAway: boolean
  /** How often it was tried meanwhile. */
  refused: number
  otherLeads: boolean
  end: () => void
  wake: () => void
}

function stage(rows: number[]): Stage {
  const timers = new Set<() => void>()
  const held: (() => void)[] = []
  const self: Stage = {
    rows,
    sent: [],
    leading: [],
    acts: [],
    kafkaIsAway: false,
    postgresIsAway: false,
    refused: 0,
    otherLeads: false,
    end: () => undefined,
    wake: () => undefined,
    passTime: () => {
      for (const act of [...timers]) act()
    },
    settle: async () => {
      for (const release of self.kafkaIsAway ? [] : held.splice(0)) release()
      for (let turn = 0; turn < 60; turn++) await Promise.resolve()
    },
    ports: {
      openSession: async ({ onWake, onEnd }): Promise<OutboxSession> => {
        if (self.postgresIsAway) {
          self.refused += 1
          onEnd() // as a connection does that is lost before it listens
          throw new Error('away')
        }
        self.acts.push('session opened')
        self.wake = onWake
        self.end = onEnd
        return {
          tryLead: async () => !self.otherLeads,
          list: async (limit) => self.rows.slice(0, limit).map(change),
          forget: async (versions) => {
            self.rows.splice(0, self.rows.length, ...self.rows.filter((row) => !versions.includes(row)))
          },
          close: async () => void self.acts.push('session closed'),
        }
      },
      openSender: async (): Promise<OutboxSender> => {
        const closing = Promise.withResolvers<never>()
        closing.promise.catch(() => undefined)
        self.acts.push('sender opened')
        return {
          send: async (changes) => {
            if (self.kafkaIsAway)
              await Promise.race([new Promise<void>((resolve) => held.push(resolve)), closing.promise])
            self.sent.push(...changes.map((each) => each.version))
          },
          close: async () => {
            self.acts.push('sender closed')
            closing.reject(new Error('closed'))
          },
        }
      },
      clock: {
        after: (_, act) => {
          const fire = (): void => {
            timers.delete(fire)
            act()
          }
          timers.add(fire)
          return () => timers.delete(fire)
        },
      },
      random: () => 0.5,
      log: silentLog,
      onLeading: (isLeading) => self.leading.push(isLeading),
      onSent: () => undefined,
    },
  }
  return self
}

test('what waits is sent in order and forgotten; a NOTIFY brings the next', async () => {
  const scene = stage([1, 2, 3])
  const relay = startRelay(scene.ports)
  await scene.settle()
  expect([scene.sent, scene.rows]).toEqual([[1, 2, 3], []])
  scene.rows.push(4)
  scene.wake()
  await scene.settle()
  expect([scene.sent, scene.rows]).toEqual([[1, 2, 3, 4], []])
  await relay.stop()
})

test('Y1, Y4: while Kafka is away nothing is forgotten; when it is back everything goes on', async () => {
  const scene = stage([1, 2])
  scene.kafkaIsAway = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  scene.passTime()
  await scene.settle()
  expect([scene.sent, scene.rows]).toEqual([[], [1, 2]])
  scene.kafkaIsAway = false
  await scene.settle()
  expect([scene.sent, scene.rows]).toEqual([[1, 2], []])
  await relay.stop()
})

test('Y2: while one batch is under way no other begins, however often it is woken', async () => {
  const scene = stage([1])
  scene.kafkaIsAway = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  scene.rows.push(2)
  scene.kafkaIsAway = false
  scene.wake()
  scene.passTime()
  for (let turn = 0; turn < 60; turn++) await Promise.resolve()
  expect(scene.sent).toEqual([])
  await scene.settle()
  expect(scene.sent).toEqual([1, 2])
  await relay.stop()
})

test('Y3: without any NOTIFY a change is found by the poll', async () => {
  const scene = stage([])
  const relay = startRelay(scene.ports)
  await scene.settle()
  scene.rows.push(9)
  scene.passTime()
  await scene.settle()
  expect(scene.sent).toEqual([9])
  await relay.stop()
})

test('Y4: the connection ends and PostgreSQL stays away for a while', async () => {
  const scene = stage([])
  const relay = startRelay(scene.ports)
  await scene.settle()
  scene.postgresIsAway = true
  scene.rows.push(1)
  scene.end()
  await scene.settle()
  scene.passTime()
  await scene.settle()
  expect([scene.sent, scene.leading]).toEqual([[], [true, false]])
  scene.postgresIsAway = false
  scene.passTime()
  await scene.settle()
  expect([scene.sent, scene.leading]).toEqual([[1], [true, false, true]])
  await relay.stop()
})

test('Y6: while PostgreSQL is away one attempt is made for each rest, and none between them', async () => {
  const scene = stage([1])
  scene.postgresIsAway = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  expect(scene.refused).toBe(1)
  scene.passTime()
  await scene.settle()
  expect(scene.refused).toBe(2)
  scene.postgresIsAway = false
  scene.passTime()
  await scene.settle()
  expect(scene.rows).toEqual([])
  await relay.stop()
})

test('a replica that does not lead sends nothing, and takes over when it may', async () => {
  const scene = stage([1])
  scene.otherLeads = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  scene.wake()
  await scene.settle()
  expect(scene.sent).toEqual([])
  scene.otherLeads = false
  scene.passTime()
  await scene.settle()
  expect(scene.sent).toEqual([1])
  await relay.stop()
})

test('it stops at once, also while Kafka is away', async () => {
  const scene = stage([1])
  scene.kafkaIsAway = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  await relay.stop()
  expect([scene.sent, scene.rows]).toEqual([[], [1]])
})

test('Y5: what is being sent when the lead is lost is given up before this process asks to lead again', async () => {
  const scene = stage([1])
  scene.kafkaIsAway = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  scene.postgresIsAway = true
  scene.end()
  await scene.settle()
  expect(scene.acts).toEqual(['session opened', 'sender opened', 'sender closed'])
  // Another replica has led meanwhile and sent version 1, and version 2 after it.
  scene.rows.splice(0, 1, 3)
  scene.kafkaIsAway = false
  await scene.settle()
  expect(scene.sent).toEqual([])
  scene.postgresIsAway = false
  scene.passTime()
  await scene.settle()
  expect(scene.sent).toEqual([3])
  await relay.stop()
})

test('Y5: who stops gives up what is being sent before others may lead', async () => {
  const scene = stage([1])
  scene.kafkaIsAway = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  await relay.stop()
  expect(scene.acts).toEqual(['session opened', 'sender opened', 'sender closed', 'session closed'])
})

test('Y5: who does not lead sends with nothing', async () => {
  const scene = stage([1])
  scene.otherLeads = true
  const relay = startRelay(scene.ports)
  await scene.settle()
  await relay.stop()
  expect(scene.acts).toEqual(['session opened', 'session closed'])
})
