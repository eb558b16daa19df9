/** N: what networks do between the services and the broker. */
import type { Cell, CellContext } from '../cell.ts'
import type { FaultProxy } from '../fault-proxy.ts'

/** For `ms`; then the network is as it was. Whoever was cut off for long starts with new connections. */
async function disturb(
  { stack, fault, sleep }: CellContext,
  what: string,
  options: {
    readonly ms: number
    readonly act: (proxy: FaultProxy) => void
    readonly endsWithReset?: boolean
  },
): Promise<void> {
  await fault(
    what,
    async () => {
      for (const { proxy } of stack.brokers) options.act(proxy)
      await sleep(options.ms)
      for (const { proxy } of stack.brokers) {
        if (options.endsWithReset === true) proxy.resetAll()
        proxy.heal()
      }
    },
    { mayForgetAttempts: true },
  )
}

export const networkCells: readonly Cell[] = [
  {
    id: 'N1',
    fault: 'every chunk to and from the broker is late by 200 ± 100 ms, for 26 s',
    invariants: ['I4', 'I8'],
    setup: { seconds: 42 },
    // A read passes five topics on its way to the request, and at each of them a fetch that just missed it, the fetch that has
    // it, a write that is under way, and its own: twenty round trips of at most 600 ms.
    expectations: { addedLatencyMs: 12_000 },
    run: (context) =>
      disturb(context, 'a slow network', {
        ms: 26_000,
        act: (proxy) => proxy.delay({ meanMs: 200, jitterMs: 100 }),
      }),
  },
  {
    id: 'N2',
    fault: 'RST of every connection to the broker every 2 s, for 12 s',
    invariants: ['I1', 'I7'],
    run: (context) =>
      disturb(context, 'a storm of resets', { ms: 12_000, act: (proxy) => proxy.storm(2_000) }),
  },
  {
    id: 'N3',
    fault: 'blackhole between everyone and the broker for 40 s, no FIN',
    invariants: ['I1', 'I8'],
    run: (context) =>
      disturb(context, 'a blackhole', { ms: 40_000, act: (proxy) => proxy.hold(['toServer', 'toClient']) }),
  },
  {
    id: 'N4',
    fault: 'what the broker says does not arrive for 12 s, what it is told does; then the connections end',
    invariants: ['I1', 'I3'],
    run: (context) =>
      disturb(context, 'one way only', {
        ms: 12_000,
        act: (proxy) => proxy.hold(['toClient']),
        endsWithReset: true,
      }),
  },
  {
    id: 'N5',
    fault: 'every third acknowledgement of a write is lost after the broker has the records, for 12 s',
    invariants: ['I1', 'I3'],
    run: async (context) => {
      const lost = (): number =>
        context.stack.brokers.reduce((sum, { proxy }) => sum + proxy.counts().dropped, 0)
      const before = lost()
      await disturb(context, 'lost acknowledgements', {
        ms: 12_000,
        act: (proxy) => proxy.dropProduceResponses(3),
      })
      context.figure('acknowledgements lost', lost() - before)
      if (lost() === before) throw new Error('no acknowledgement was lost: the cell proved nothing')
    },
  },
  {
    id: 'N6',
    fault: 'the head of every chunk to and from the broker comes in single bytes, for 12 s',
    invariants: ['I1', 'I8'],
    run: (context) => disturb(context, 'single bytes', { ms: 12_000, act: (proxy) => proxy.slice() }),
  },
]
