/** D: where requests must not go. */
import { openDnsServer } from '@scanhook/testkit/dns-server'
import { behaviours, openFaultyReceiver } from '../../harness/faulty-receiver.ts'
import { type Cell, type Surroundings, surrounded } from '../cell.ts'
import { elsewhere } from '../elsewhere.ts'
import { inPostgres } from '../in-postgres.ts'
import { expectLogged } from '../logged.ts'

/** What the names of the ten faulty endpoints lead to in the end; the first is a canary. */
const reboundTo = [
  ...['127.0.0.2', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254'],
  ...['100.64.0.1', '::1', '::ffff:127.0.0.2', 'fd00:ec2::254', 'fe80::1'],
] as const

/** Forbidden however they are written, with the port of the canary at 127.0.0.1. */
const spellings = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.1.', '0', '0.0.0.0'],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::7f00:1]', '[64:ff9b::7f00:1]'],
  ...['[2002:7f00:1::]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '10.0.0.1', '172.16.0.1'],
  ...[
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ],
  ...['localhost', 'foo.localhost', 'metadata.google.internal', 'intranet'],
] as const

interface Rebinding extends Surroundings {
  readonly urlOf: (nth: number) => string
  readonly rebind: () => void
  readonly restore: () => void
  readonly canaryConnections: () => number
}

/** A target that is allowed and closes at once, a canary on the same port of another address, and the names of both. */
async function openRebinding(): Promise<Rebinding> {
  const allowed = await openFaultyReceiver(behaviours.earlyFin())
  const canary = await openFaultyReceiver(behaviours.ok(), { host: '127.0.0.2', port: allowed.port })
  let isRebound = false
  const dns = await openDnsServer(({ name, type }) => {
    const nth = Number(/^rebound-(\d+)\.example\.com$/.exec(name)?.[1] ?? Number.NaN)
    const to = reboundTo[nth]
    if (to === undefined) return 'no_such_name'
    const address = isRebound ? to : '127.0.0.1'
    return { addresses: (type === 'AAAA') === address.includes(':') ? [address] : [] }
  })
  return {
    env: { WEBHOOK_NAME_SERVERS: dns.address },
    targets: [allowed.port],
    urlOf: (nth) => `http://rebound-${nth}.example.com:${allowed.port}/hook`,
    rebind: () => {
      isRebound = true
    },
    restore: () => {
      isRebound = false
    },
    canaryConnections: () => canary.connectionCount(),
    close: async () => {
      await Promise.all([dns.close(), allowed.close(), canary.close()])
    },
  }
}

const redirects = [301, 302, 303, 307, 308] as const

export const addressCells: readonly Cell[] = [
  surrounded(
    {
      id: 'D1',
      fault:
        'the names of ten endpoints are rebound to forbidden addresses after they were registered; forbidden addresses in every spelling are refused at registration',
      invariants: ['I4', 'I11'],
    },
    openRebinding,
    {
      run: async ({ world, fault, sleep, violated, figure }, own) => {
        let refused = 0
        const canaryPort = world.receivers.canaries[0]?.port ?? 1
        for (const host of spellings) {
          for (const scheme of ['http', 'https']) {
            const url = `${scheme}://${host}:${canaryPort}/hook`
            const { status } = await world.api.call('POST', '/api/v1/webhooks', {
              url,
              enabled: true,
              event_types: ['*'],
            })
            if (status === 400) refused += 1
            else violated('I11', `registering ${url} was answered with ${status}`)
          }
        }
        figure('registrations refused', refused)
        await fault('names are rebound', () =>
          elsewhere(
            world,
            (nth) => own.urlOf(nth),
            async () => {
              own.rebind()
              await sleep(12_000)
              own.restore()
            },
          ),
        )
      },
      check: async ({ world, violated, figure }, own) => {
        const connections = own.canaryConnections()
        if (connections > 0)
          violated('I11', `${connections} connections reached the canary behind the rebound name`)
        await inPostgres(world.innerEnv, async (client) => {
          const { rows } = await client.query<{ url: string; count: string }>(
            `SELECT url, count(*) FROM attempts WHERE error_class = 'blocked_address' GROUP BY 1`,
          )
          figure(
            'attempts blocked',
            rows.reduce((sum, { count }) => sum + Number(count), 0),
          )
          for (let nth = 0; nth < reboundTo.length; nth += 1)
            if (!rows.some(({ url }) => url === own.urlOf(nth)))
              violated(
                'I11',
                `no attempt to ${own.urlOf(nth)} (${reboundTo[nth]}) was blocked: nothing was proven`,
              )
        })
      },
    },
  ),
  {
    id: 'D2',
    fault: 'ten endpoints redirect (301, 302, 303, 307, 308) to the canaries, or to themselves',
    invariants: ['I4', 'I11'],
    run: async ({ world, behave, fault, sleep }) => {
      const { canaries } = world.receivers
      await fault('redirects to where nobody may go', async () => {
        behave((nth) => {
          const { host, port } = canaries[nth % canaries.length] ?? { host: '127.0.0.1', port: 1 }
          return {
            name: 'redirect',
            value: redirects[nth % redirects.length] ?? 302,
            text: nth < redirects.length ? `http://${host}:${port}/` : '/hook',
          }
        })
        await sleep(15_000)
      })
    },
    check: (context) =>
      expectLogged(
        context,
        Object.fromEntries(redirects.map((code) => [`answers with ${code}`, `status = ${code}`])),
      ),
  },
]
