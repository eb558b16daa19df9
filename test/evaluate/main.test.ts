/** The command as a caller sees it: what is on stdout, and which exit code. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const devices = file(
  'hall.dev',
  'Dongles:{"01": [[7, 7, 1], 1, "sensor10"], "02": [[7, 12, 1], 2, "sensor20"]}\n',
)
const lines = Array.from({ length: 40 }, (_, index) => `${1_581_252_411 + index / 2},01,be,-60,5,5,1.8`).join(
  '\n',
)
const plain = file('one.mbd', lines)
const packed = file('two.mbd.gz', gzipSync(lines))

const evaluate = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], { encoding: 'utf8' })

test('one JSON object a recording and a last one with the total, with exactly the documented members', () => {
  const { stdout, status } = evaluate('--format', 'ble-mbd', '--devices', devices, plain, packed)
  const objects = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(status).toBe(0)
  expect(objects.map(({ recording }) => recording)).toEqual(['one.mbd', 'two.mbd.gz', 'total'])
  for (const object of objects) {
    expect(Object.keys(object)).toEqual([
      'recording',
      'reads',
      'trueChanges',
      'foundWithin10s',
      'moves',
      'rightZoneShare',
      'firstLocationRight',
    ])
  }
  expect(objects[2]).toMatchObject({ reads: 80, trueChanges: 0, moves: 0, firstLocationRight: true })
})

test('what is wrong is named with file and line, nothing is answered, and the exit code is 2', () => {
  const bad = file('bad.mbd', `${lines}\nnot a read`)
  const cut = file('cut.mbd.gz', gzipSync(lines).subarray(0, 40))
  const noDevices = file('empty.dev', 'Beacons:{}\n')
  const rest = ['--format', 'ble-mbd', '--devices', devices]
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[...rest, plain, bad], 'bad.mbd, line 41: '],
    [[...rest, cut], 'cut.mbd.gz: '],
    [[...rest, join(folder, 'absent.mbd')], 'absent.mbd: '],
    [['--format', 'ble-mbd', '--devices', noDevices, plain], 'empty.dev, devices: '],
    [['--format', 'csv', '--devices', devices, plain], '--format must be ble-mbd'],
    [rest, 'at least one recording'],
    [[...rest, '--speed', '0', plain], '--speed'],
    [[...rest, '--settings', '{"confirm":1}', plain], '--settings: confirm is none of'],
    [[...rest, '--settings', '{"confirmMs":"1"}', plain], '--settings: confirmMs can not be "1"'],
    [[...rest, '--pace', plain], '--pace'],
  ]
  for (const [words, said] of cases) {
    const { stdout, stderr, status } = evaluate(...words)
    expect(stderr).toContain(said)
    expect([status, stdout]).toEqual([2, ''])
  }
})
