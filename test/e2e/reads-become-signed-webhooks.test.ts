/** The path, with separate processes and real infrastructure: reads in through Kafka, exactly the expected events out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemsOfBodies, problemsOfEvents } from '../harness/check-events.ts'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { replayTrackerFromStart } from '../harness/replay-tracker.ts'
import {
  isTrackberrySignatureRight,
  isTrakrfSignatureRight,
  pythonVerdicts,
  verifyStandard,
} from '../harness/verify-samples.ts'
import { waitUntil } from '../harness/wait-until.ts'
import {
  describeEvent,
  expectedOfWalk,
  furnishWarehouse,
  parseEvent,
  startWalk,
  type Warehouse,
} from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

const legs = [0, 1, 2] as const
const assetCount = 10
let world: World
let warehouse: Warehouse
let standard: RegisteredEndpoint
let trakrf: RegisteredEndpoint
let trackberry: RegisteredEndpoint
let expected: readonly string[]

beforeAll(async () => {
  world = await openWorld()
  await startServices(world)
  warehouse = await furnishWarehouse(world, assetCount)
  standard = await registerEndpoint(world, '/standard', { eventTypes: ['asset.*', 'location.*'] })
  trakrf = await registerEndpoint(world, '/trakrf', { profile: 'trakrf', eventTypes: ['asset.moved'] })
  trackberry = await registerEndpoint(world, '/trackberry', {
    profile: 'trackberry',
    eventTypes: ['location.*', 'shipment.*'],
  })
  expected = expectedOfWalk(warehouse, legs)
  await startWalk(world, warehouse, legs).finished
  await waitUntil('all events of the walk arrived', () => {
    const arrived = new Set(world.receiver.received('/standard').map(({ body }) => describeEvent(body)))
    return expected.every((event) => arrived.has(event))
  })
  await waitUntil('the other endpoints have theirs', () => {
    const moved = expected.filter((event) => event.includes('asset.moved')).length
    const places = expected.filter((event) => event.includes(' location.')).length
    return (
      world.receiver.received('/trakrf').length >= moved &&
      world.receiver.received('/trackberry').length >= places
    )
  })
})

afterAll(async () => {
  await world?.close()
})

describe('what arrives', () => {
  test('exactly the expected events arrive, each once', () => {
    const arrived = world.receiver.received('/standard').map(({ body }) => describeEvent(body))
    expect(arrived.toSorted()).toEqual(expected.toSorted())
  })

  test('an endpoint gets only the event types it subscribed to', () => {
    expect(new Set(world.receiver.received('/trakrf').map(({ body }) => JSON.parse(body).event))).toEqual(
      new Set(['asset.moved']),
    )
    expect(new Set(world.receiver.received('/trackberry').map(({ body }) => JSON.parse(body).event))).toEqual(
      new Set(['location.entered', 'location.exited']),
    )
  })

  test('each asset numbers its events without a gap, and each names the one before it', () => {
    const bodies = world.receiver.received('/standard').map(({ body }) => parseEvent(body))
    for (const { external_key } of warehouse.assets) {
      const own = bodies
        .filter(({ data }) => data.asset.external_key === external_key)
        .toSorted((a, b) => a.data.asset.sequence - b.data.asset.sequence)
      expect(own.map(({ data }) => data.asset.sequence)).toEqual(own.map((_, index) => index + 1))
      expect(own.map(({ data }) => data.previous_event_id)).toEqual([
        null,
        ...own.slice(0, -1).map(({ id }) => id),
      ])
    }
  })

  test('every request verifies with the standardwebhooks library, whatever the profile', () => {
    for (const endpoint of [standard, trakrf, trackberry]) {
      const requests = world.receiver.received(endpoint.path)
      expect(requests.length).toBeGreaterThan(0)
      for (const request of requests) expect(() => verifyStandard(request, endpoint.secret)).not.toThrow()
    }
  })

  test("every request verifies with the seeds' own samples, and a tampered one does not", () => {
    const trakrfRequests = world.receiver.received('/trakrf')
    expect(trakrfRequests.every((request) => isTrakrfSignatureRight(request, trakrf.secret))).toBe(true)
    const requests = world.receiver.received('/trackberry')
    expect(requests.every((request) => isTrackberrySignatureRight(request, trackberry.secret))).toBe(true)
    expect(new Set(pythonVerdicts(requests, trackberry.secret))).toEqual(new Set(['yes']))
    const tampered = requests.map((request) => ({ ...request, body: `${request.body} ` }))
    expect(new Set(pythonVerdicts(tampered, trackberry.secret))).toEqual(new Set(['no']))
    expect(tampered.some((request) => isTrackberrySignatureRight(request, trackberry.secret))).toBe(false)
  })

  test('bodies have exactly the keys that each contract names', () => {
    const keys = (path: string): string[] =>
      Object.keys(JSON.parse(world.receiver.received(path)[0]?.body ?? '{}'))
    expect(keys('/standard')).toEqual(['id', 'type', 'timestamp', 'data'])
    expect(keys('/trakrf')).toEqual(['event', 'event_id', 'delivery_id', 'occurred_at', 'data'])
    expect(keys('/trackberry')).toEqual(['event', 'timestamp', 'data'])
  })
})

describe('business events', () => {
  test('a shipment event posted to the API arrives as Trackberry documents it', async () => {
    const shipment = { id: 'ship_abc123', reference: 'BU-1341', status: 'approved', pallets_count: 42 }
    const event = {
      id: 'evt-1',
      type: 'shipment.approved',
      occurred_at: '2026-02-11T09:15:00Z',
      data: { shipment },
    }
    const response = await fetch(`${world.producerUrl}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
    expect(response.status).toBe(202)
    const arrived = () =>
      world.receiver
        .received('/trackberry')
        .find(({ body }) => JSON.parse(body).event === 'shipment.approved')
    await waitUntil('the shipment event arrived', () => arrived() !== undefined)
    expect(JSON.parse(arrived()?.body ?? '{}')).toEqual({
      event: 'shipment.approved',
      timestamp: '2026-02-11T09:15:00Z',
      data: { shipment },
    })
  })

  test('an endpoint that was changed keeps its secret', async () => {
    const changed = await world.api.call(
      'PATCH',
      `/api/v1/webhooks/${trackberry.id}`,
      { url: world.receiver.url('/trackberry/changed') },
      'application/merge-patch+json',
    )
    expect(changed.status).toBe(200)
    const arrived = () => world.receiver.received('/trackberry/changed')
    let count = 0
    // Until the change is known everywhere, events still go to the old place.
    await waitUntil('an event arrives at the new place', async () => {
      count += 1
      const response = await fetch(`${world.producerUrl}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          id: `changed-${count}`,
          type: 'shipment.approved',
          occurred_at: '2026-02-11T09:15:00Z',
          data: { shipment: { id: 'ship_1', reference: 'BU-1', status: 'approved', pallets_count: 1 } },
        }),
      })
      expect(response.status).toBe(202)
      return arrived().length > 0
    })
    for (const request of arrived()) {
      expect(() => verifyStandard(request, trackberry.secret)).not.toThrow()
      expect(isTrackberrySignatureRight(request, trackberry.secret)).toBe(true)
    }
  })

  test('a business event with wrong data is refused with the field, and nothing is sent', async () => {
    const response = await fetch(`${world.producerUrl}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'evt-2', type: 'shipment.approved', data: { shipment: { reference: 7 } } }),
    })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { type: string; fields: { field: string }[] } }
    expect(error.type).toBe('validation_error')
    expect(error.fields.map(({ field }) => field)).toEqual(
      expect.arrayContaining([expect.stringContaining('data.shipment')]),
    )
  })
})

describe('reads over HTTP', () => {
  test('a read posted to the API becomes a scan of its asset', async () => {
    const [place] = warehouse.places
    const created = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
      external_key: 'HTTP-1',
      name: 'Posted',
    })
    await world.api.data('POST', `/api/v1/assets/${created.id}/tags`, {
      tag_type: 'ble',
      value: 'C0FFEE000001',
    })
    const response = await fetch(`${world.producerUrl}/api/v1/scans`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 'http-1',
        device: place?.device,
        antenna_port: 1,
        tag: { type: 'ble', value: 'C0:FF:EE:00:00:01' },
      }),
    })
    expect(response.status).toBe(202)
    await waitUntil('its scan arrived', () =>
      world.receiver
        .received('/standard')
        .some(({ body }) => describeEvent(body) === 'HTTP-1 asset.scanned DOCK'),
    )
  })
})

describe('the delivery log', () => {
  test('shows a delivered event with its attempt, as it was sent', async () => {
    await waitUntil('the log has caught up', async () => {
      const page = await world.api.call(
        'GET',
        `/api/v1/deliveries?webhook_id=${trakrf.id}&state=delivered&limit=200`,
      )
      return Array.isArray(page.body['data']) && page.body['data'].length === assetCount * legs.length
    })
    const [delivery] = await world.api.data<{ id: string; event_type: string; state: string }[]>(
      'GET',
      `/api/v1/deliveries?webhook_id=${trakrf.id}&limit=1`,
    )
    const detail = await world.api.data<{
      attempts: { response_status: number; request_headers: Record<string, string> }[]
    }>('GET', `/api/v1/deliveries/${delivery?.id}`)
    expect(detail.attempts).toHaveLength(1)
    expect(detail.attempts[0]?.response_status).toBe(200)
    expect(Object.keys(detail.attempts[0]?.request_headers ?? {})).toContain('webhook-signature')
  })
})

describe('the catalogue', () => {
  test('keeps its promises: every body that arrived, and every event on the topic, is what it says', async () => {
    const received = world.receiver.received()
    expect(received.length).toBeGreaterThan(expected.length)
    expect(problemsOfBodies(received)).toEqual([])
    expect(await problemsOfEvents(world)).toEqual([])
  })
})

describe('a full replay', () => {
  test('of all scans from offset 0 derives the same ids and the same bytes', async () => {
    const { first, second } = await replayTrackerFromStart(world)
    expect(second.length).toBeGreaterThan(expected.length)
    expect(second).toEqual(first)
  })
})
