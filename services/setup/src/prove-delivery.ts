/**
 * Proof that an installation delivers: an endpoint at the inspector, reads of one tag at two doors in turn, and a delivery
 * whose signature the inspector has verified. All of it over HTTP, as a customer would. What it makes has names of its own
 * and is used again; the endpoint goes when it has done its work, unless it shall stay.
 */
export interface ProvePorts {
  /** Sends JSON with the key; resolves with the `data` of a 2xx answer, else throws. 409 resolves with null. */
  readonly api: (method: 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>
  readonly scans: (reads: readonly unknown[]) => Promise<void>
  readonly giveSecret: (bin: string, secret: string) => Promise<void>
  readonly verifiedCount: (bin: string) => Promise<number>
  readonly wait: (delayMs: number) => Promise<void>
  readonly monotonicMs: () => number
  readonly newId: () => string
}

export interface ProveOptions {
  /** Where the dispatcher reaches the inspector: `http://inspector:9000`. */
  readonly inspectorUrl: string
  readonly keepsEndpoint: boolean
  readonly patienceMs: number
}

export interface Proof {
  readonly bin: string
  readonly webhookId: number
  readonly tookMs: number
}

/** Often enough that a second of start is not missed, rarely enough for a customer's rate limit. */
const readEveryMs = 2_000
const lookEveryMs = 250
const tag = { type: 'rfid', value: 'E28011602000600000C0FFEE' }
const doors = ['prove-door-1', 'prove-door-2']

/** Resolves with the first verified delivery of a read. Throws when there is none within the patience. */
export async function proveDelivery(ports: ProvePorts, options: ProveOptions): Promise<Proof> {
  const startedMs = ports.monotonicMs()
  await furnish(ports)
  const bin = `prove-${ports.newId()}`
  const made = await ports.api('POST', '/webhooks', {
    url: `${options.inspectorUrl}/in/${bin}`,
    name: 'Proof of delivery',
    profile: 'standard',
    // Not the operational events: those would come without any read.
    event_types: ['asset.*', 'location.*'],
  })
  const { id, secret } = (made ?? {}) as { id?: unknown; secret?: unknown }
  if (typeof id !== 'number' || typeof secret !== 'string') throw new Error('the API made no endpoint')
  try {
    await ports.giveSecret(bin, secret)
    await readUntilVerified(ports, bin, startedMs + options.patienceMs)
    return { bin, webhookId: id, tookMs: Math.round(ports.monotonicMs() - startedMs) }
  } finally {
    if (!options.keepsEndpoint) await ports.api('DELETE', `/webhooks/${id}`)
  }
}

async function furnish({ api }: ProvePorts): Promise<void> {
  for (const door of doors) {
    await api('POST', '/locations', { external_key: door, name: door })
    await api('POST', '/scan-devices', { external_key: door, name: door, type: 'csl_cs463' })
    await api('POST', '/scan-points', {
      scan_device_external_key: door,
      antenna_port: 1,
      location_external_key: door,
      kind: 'portal',
    })
  }
  await api('POST', '/assets', {
    external_key: 'prove-asset',
    name: 'Proof of delivery',
    tags: [{ tag_type: tag.type, value: tag.value }],
  })
}

/** Master data and endpoints travel through Kafka, so the first reads may come too early: they are repeated, each another one. */
async function readUntilVerified(ports: ProvePorts, bin: string, giveUpAtMs: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    await ports.scans([{ id: ports.newId(), device: doors[turn % 2], antenna_port: 1, tag, rssi_dbm: -50 }])
    const nextReadAtMs = ports.monotonicMs() + readEveryMs
    while (ports.monotonicMs() < nextReadAtMs) {
      if ((await ports.verifiedCount(bin)) > 0) return
      await ports.wait(lookEveryMs)
    }
    if (ports.monotonicMs() > giveUpAtMs) {
      throw new Error(
        `no verified delivery after ${turn + 1} reads: look at /api/v1/deliveries and the dispatcher's log`,
      )
    }
  }
}
