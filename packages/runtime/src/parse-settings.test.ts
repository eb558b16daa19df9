import { integer } from '@scanhook/config/settings'
import { expect, test } from 'vitest'
import { parseSettings, renderProblems } from './parse-settings.ts'
import { defineService } from './service.ts'

const port = (name: string): ReturnType<typeof integer> =>
  integer({ description: name, default: '8080' }, 1, 9999)
const producer = defineService({
  name: 'producer',
  settings: { PRODUCER_PORT: port('producer') },
  start: async () => undefined,
})
const api = defineService({ name: 'api', settings: { API_PORT: port('api') }, start: async () => undefined })
const standIns = { PRODUCER_PORT: 'API_PORT' }

function portsOf(env: Record<string, string>): unknown {
  const parsed = parseSettings([producer, api], env, standIns)
  return parsed.ok ? parsed.services : parsed.problems
}

test('each service gets its own settings, in order and frozen', () => {
  const parsed = parseSettings([producer, api], { API_PORT: '1', PRODUCER_PORT: '2', OTHER: 'x' })
  if (!parsed.ok) throw new Error('was refused')
  expect(parsed.services).toEqual([{ PRODUCER_PORT: 2 }, { API_PORT: 1 }])
  expect(parsed.services.every(Object.isFrozen)).toBe(true)
  expect(parsed.runtime).toMatchObject({ HOST: '127.0.0.1', LOG_LEVEL: 'info', DRAIN_TIMEOUT_MS: 20_000 })
})

test('a stand-in is taken only where nothing is given', () => {
  expect(portsOf({})).toEqual([{ PRODUCER_PORT: 8080 }, { API_PORT: 8080 }])
  expect(portsOf({ API_PORT: '7' })).toEqual([{ PRODUCER_PORT: 7 }, { API_PORT: 7 }])
  expect(portsOf({ API_PORT: '7', PRODUCER_PORT: '' })).toEqual([{ PRODUCER_PORT: 7 }, { API_PORT: 7 }])
  expect(portsOf({ API_PORT: '7', PRODUCER_PORT: '8' })).toEqual([{ PRODUCER_PORT: 8 }, { API_PORT: 7 }])
})

test('problems are one text that names each setting once', () => {
  expect(renderProblems('scanhook', portsOf({ API_PORT: '0', HEALTH_PORT: 'x' }) as string[])).toBe(
    [
      "scanhook can't start: 3 settings are wrong",
      '  HEALTH_PORT must be a whole number from 0 to 65535; got "x"',
      '  PRODUCER_PORT must be a whole number from 1 to 9999; got "0"',
      '  API_PORT must be a whole number from 1 to 9999; got "0"',
      '',
    ].join('\n'),
  )
})
