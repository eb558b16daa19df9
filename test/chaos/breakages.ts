/**
 * Promises broken on purpose: what somebody might have written instead. Each is a few edits in a copy of the sources; the real
 * ones are never touched. `find` must be in the file exactly once, so that a breakage that no longer fits says so.
 */
export interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Breakage {
  /** What somebody might have thought. */
  readonly words: string
  readonly edits: readonly Edit[]
  /** Cells that must notice. */
  readonly cells: readonly string[]
}

export const breakages: Readonly<Record<string, Breakage>> = {
  'commit-too-early': {
    words: 'the router calls its events done before their deliveries are acknowledged',
    edits: [
      {
        file: 'services/router/src/route-events.ts',
        find: '  if (outgoing.length > 0) await ports.appendAll(outgoing)',
        replace:
          '  batch.doneThrough(batch.records.at(-1)?.offset ?? -1)\n  if (outgoing.length > 0) await ports.appendAll(outgoing)',
      },
    ],
    cells: ['S6-router'],
  },
  'claim-without-coordinates': {
    words: 'a claim marks at once and remembers no coordinate: a redelivery is taken for a duplicate',
    edits: [
      {
        file: 'packages/redis/src/claims.ts',
        find: "return mark === null || mark === coordinate ? 'won' : 'duplicate'",
        replace: "void coordinate\n  return mark === null ? 'won' : 'duplicate'",
      },
      {
        file: 'services/producer/src/write-once.ts',
        find: '  if (records.length > 0) await ports.appendAll(records)',
        replace:
          '  if (claims.length > 0) await ports.confirm(claims)\n  if (records.length > 0) await ports.appendAll(records)',
      },
    ],
    cells: ['S6-producer-scans'],
  },
  'state-before-events': {
    words: 'the tracker writes what it knows before what follows from it',
    edits: [
      {
        file: 'services/tracker/src/track-scans.ts',
        find: '    if (work.outgoing.length > 0) await ports.appendAll(work.outgoing)',
        replace:
          '    const early = statesToWrite(partition.tracked, work.urgent, batch)\n    if (early.length > 0) await writeStates(batch.partition, partition.tracked, early)\n    if (work.outgoing.length > 0) await ports.appendAll(work.outgoing)',
      },
    ],
    cells: ['S6-tracker-events'],
  },
  'spill-not-awaited': {
    words: 'the dispatcher does not wait until the next step is durable',
    edits: [
      {
        file: 'services/dispatcher/src/settle.ts',
        find: 'if (step !== null) await ports.appendNext(step, work.trace)',
        replace: 'if (step !== null) void ports.appendNext(step, work.trace).catch(() => undefined)',
      },
    ],
    cells: ['S6-dispatcher-next'],
  },
  'mark-before-post': {
    words: 'the dispatcher marks a record as done when it looks at it',
    edits: [
      {
        file: 'services/dispatcher/src/dispatch.ts',
        find: '    return {\n      delivery,\n      trace: traceHeaders(record.headers),',
        replace:
          '    noteDone(coordinates, delivery)\n    return {\n      delivery,\n      trace: traceHeaders(record.headers),',
      },
    ],
    cells: ['S6-dispatcher-next'],
  },
  'log-dropped': {
    words: 'the dispatcher does not wait until the attempt is durable',
    edits: [
      {
        file: 'services/dispatcher/src/settle.ts',
        find: 'const appended = ports.appendAttempt(attempt, work.trace)',
        replace:
          'void ports.appendAttempt(attempt, work.trace).catch(() => undefined)\n    const appended = Promise.resolve()',
      },
    ],
    cells: ['S6-dispatcher-attempts'],
  },
  'tier-not-awaited': {
    words: 'the retry tiers let go of a record before its successor is durable',
    edits: [
      {
        file: 'services/retry/src/release-due.ts',
        find: '  if (outgoing.length > 0) await ports.appendAll(outgoing)',
        replace: '  if (outgoing.length > 0) void ports.appendAll(outgoing).catch(() => undefined)',
      },
    ],
    cells: ['S6-retry'],
  },
  'rows-not-awaited': {
    words: 'the recorder lets go of records before their transaction is committed',
    edits: [
      {
        file: 'services/recorder/src/record-batch.ts',
        find: '    const written = await ports.batcher.submit(decoded, batch.stillWaiting)',
        replace:
          '    batch.doneThrough(last.offset)\n    const written = await ports.batcher.submit(decoded, batch.stillWaiting)',
      },
    ],
    cells: ['S6-recorder'],
  },
  'no-rest-without-postgres': {
    words: 'the outbox relay tries again at once when PostgreSQL can not be reached',
    edits: [
      {
        file: 'services/api/src/outbox/relay-outbox.ts',
        find: '        await failure.rest(Math.min(againMaxMs, againMs * failures) * (0.5 + ports.random() / 2))',
        replace: '        await Promise.resolve()',
      },
    ],
    cells: ['P5'],
  },
}
