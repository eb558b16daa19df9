import { runtimeSettings } from '@scanhook/runtime/settings'
import { expect, test } from 'vitest'
import { services } from './services.ts'

test('services have different names', () => {
  const names = services.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('a setting that several services have means the same in each: one process has one value for it', () => {
  const known = new Map<string, string>()
  for (const { name, settings } of [{ name: 'runtime', settings: runtimeSettings }, ...services]) {
    for (const [setting, { rule, defaultRaw, isSecret }] of Object.entries(settings)) {
      const meaning = JSON.stringify({ rule, defaultRaw, isSecret })
      expect(meaning, `${setting} in ${name}`).toBe(known.get(setting) ?? meaning)
      known.set(setting, meaning)
    }
  }
})
