import { assetId, endpointId, eventId, locationId, orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assetEventId,
  businessEventId,
  deliveryIdFor,
  namespace,
  operationalEventId,
  type ReadFacts,
  scanIdOf,
  transitionId,
  visitId,
} from './derived-ids.ts'

const org = orgId(7)
const asset = assetId(42)
const moved = eventId('54a3e026-d731-5633-ac2f-6ddaa8bf4f95')
const read: ReadFacts = {
  orgId: org,
  readId: null,
  deviceKey: 'R1',
  antennaPort: 2,
  tagValue: 'E28',
  readAtMs: 1000,
  coordinate: 'reads:0:1',
}

// The expected values were computed with Python's uuid.uuid5 over the JSON text of the name.
describe('I1: a recipe never changes', () => {
  test('I1: the namespace is what it was on the first day', () => {
    expect(namespace).toBe('ad96a9cd-b6ee-44ca-b773-cc5bc325d517')
  })
  test('I1: asset events', () => {
    expect(assetEventId(org, asset, 'asset.moved', locationId(9), 3)).toBe(moved)
    expect(assetEventId(org, asset, 'asset.scanned', null, 1)).toBe('7b6dc064-d235-5a8e-83f6-787ba6567eb7')
  })
  test('I1: business events', () => {
    expect(businessEventId(org, 'shipment.approved', 'c-1')).toBe('29cf9891-797e-53a1-917a-ecd537edc2ff')
  })
  test('I1: deliveries, and a manual replay is another delivery', () => {
    expect(deliveryIdFor(moved, endpointId(11))).toBe('6d894b5d-2fc7-59f9-945e-3add0c5dd62e')
    expect(deliveryIdFor(moved, endpointId(11), 'n1')).toBe('3c0123d6-92d8-5f01-932b-2bb5d789fe12')
  })
  test('I1: operational events, by episode or by delivery', () => {
    const endpoint = endpointId(11)
    expect(operationalEventId(org, endpoint, 'endpoint.failing', 1_777_336_418_021)).toBe(
      '6a8d0535-c002-5915-a96b-ea220c4fcef4',
    )
    expect(operationalEventId(org, endpoint, 'delivery.dead', deliveryIdFor(moved, endpoint))).toBe(
      '1f20d102-1e54-5cd6-93d4-95f6f1d5fc8e',
    )
  })
  test('I1: transitions and visits', () => {
    expect(transitionId(org, asset, 2)).toBe('e4b4a6b0-b18e-5978-ac19-a00fb6c742c5')
    expect(visitId(org, asset, locationId(9), 2)).toBe('0214a907-99dd-55d5-aaf5-d6970a3a26d0')
  })
  test('I1: scans', () => {
    expect(scanIdOf(read)).toBe('c850d433-c4d9-5eea-af8e-1e096e8a0fcd')
  })
})

describe('scanIdOf', () => {
  test('a client id wins over everything else', () => {
    expect(scanIdOf({ ...read, readId: 'client-1' })).toBe('client-1')
  })
  test('a redelivery at another coordinate is the same scan', () => {
    expect(scanIdOf({ ...read, coordinate: 'reads:0:2' })).toBe(scanIdOf(read))
  })
  test('without id and time two coordinates are two scans', () => {
    const untimed = { ...read, readAtMs: null }
    expect(scanIdOf({ ...untimed, coordinate: 'reads:0:2' })).not.toBe(scanIdOf(untimed))
  })
  test('a device without antenna numbers reads through port 1', () => {
    expect(scanIdOf({ ...read, antennaPort: null })).toBe(scanIdOf({ ...read, antennaPort: 1 }))
  })
})

test('I2: two different (device, tag) pairs never share an id, whatever characters they hold', () => {
  const text = fc.string({ maxLength: 6, unit: fc.constantFrom('a', '"', ',', '\\', '\u0000', ' ') })
  fc.assert(
    fc.property(text, text, text, text, (deviceA, tagA, deviceB, tagB) => {
      const idA = scanIdOf({ ...read, deviceKey: deviceA, tagValue: tagA })
      const idB = scanIdOf({ ...read, deviceKey: deviceB, tagValue: tagB })
      expect(idA === idB).toBe(deviceA === deviceB && tagA === tagB)
    }),
  )
})
