import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { convertBleWalk } from './convert-ble-walk.ts'
import { parseHeader } from './parse-recording.ts'
import { renderHeader } from './render-recording.ts'

const devices = [
  'Dongles:{"b827eb4521b4": [[7.00, 7.09, 1.22], 16711680, "sensor10"],"000000000302": [[18.1, 11.9, 2.3], 6619135, "sensor32"] }',
  'Beacons:{"e78f135624ce": [[], 1328790, "beacon1"] }',
].join('\n')

test('a walk becomes places, gateways, a beacon and its reads', () => {
  const walk = [
    '1581252411.2449424,000000000302,e78f135624ce,-78,11.7,4.1',
    '1581252411.2438352,b827eb4521b4,e78f135624ce,-72,11.7,4.1',
    '1581252412.5000000,ffffffffffff,e78f135624ce,-60,11.7,4.1',
    '1581252413.2438352,b827eb4521b4,e78f135624ce,-71,11.7,4.1',
    '',
  ].join('\n')
  const converted = convertBleWalk({ name: 'walk', walk, devices })
  if (!converted.ok) throw new Error(JSON.stringify(converted.problems))
  const { header, reads } = converted.value
  expect(header.locations.map(({ externalKey }) => externalKey)).toEqual(['HALL', 'ZONE-1', 'ZONE-3'])
  expect(
    header.scanDevices.map(({ externalKey, scanPoints }) => [
      externalKey,
      scanPoints[0]?.locationExternalKey,
    ]),
  ).toEqual([
    ['sensor10', 'ZONE-1'],
    ['sensor32', 'ZONE-3'],
  ])
  expect(header.assets).toEqual([
    { externalKey: 'BEACON-1', name: 'Beacon 1', tags: [{ tagType: 'ble', value: 'e78f135624ce' }] },
  ])
  expect([...reads].map(({ atMs, device, rssiDbm }) => [atMs, device, rssiDbm])).toEqual([
    [0, 'sensor10', -72],
    [1, 'sensor32', -78],
    [2_000, 'sensor10', -71],
  ])
})

test('what is no walk is refused with the line', () => {
  expect(convertBleWalk({ name: 'n', walk: 'x', devices: '' })).toMatchObject({
    ok: false,
    problems: [{ field: 'devices' }],
  })
  const bad = convertBleWalk({ name: 'n', walk: '1,2,3,-4\nnonsense', devices })
  expect(bad).toMatchObject({ ok: false, problems: [{ field: 'line 2' }] })
})

const folder = resolve(import.meta.dirname, '../../../../shared/data/ble-12-gateways')
const hasWalks = existsSync(folder)

test.skipIf(!hasWalks)(
  `the real walks convert${hasWalks ? '' : ' (skipped: the folder with the recordings is not here)'}`,
  () => {
    const walks = readdirSync(folder).filter((file) => file.endsWith('.mbd.gz'))
    expect(walks.length).toBeGreaterThan(0)
    for (const file of walks) {
      const walk = gunzipSync(readFileSync(join(folder, file))).toString()
      const converted = convertBleWalk({
        name: file,
        walk,
        devices: readFileSync(join(folder, 'tetam.dev'), 'utf8'),
      })
      if (!converted.ok) throw new Error(JSON.stringify(converted.problems))
      const { header, reads } = converted.value
      expect(header.scanDevices).toHaveLength(12)
      expect(header.locations).toHaveLength(5)
      expect(parseHeader(renderHeader(header)).ok).toBe(true)
      const all = [...reads]
      expect(all).toHaveLength(walk.trim().split('\n').length)
      expect(all.every(({ atMs }, index) => atMs >= (all[index - 1]?.atMs ?? 0))).toBe(true)
    }
  },
)
