import { expect, test } from 'vitest'
import { useProxy, withoutOwnMachine } from './use-proxy.ts'

test('this machine is asked directly, beside what the environment says', () => {
  expect(withoutOwnMachine({ HTTPS_PROXY: 'http://proxy:3128' })).toEqual({
    HTTPS_PROXY: 'http://proxy:3128',
    no_proxy: 'localhost,127.0.0.1,[::1]',
  })
  expect(withoutOwnMachine({ NO_PROXY: '.corp,10.0.0.0/8' })).toEqual({
    no_proxy: '.corp,10.0.0.0/8,localhost,127.0.0.1,[::1]',
  })
  expect(withoutOwnMachine({ NO_PROXY: 'a', no_proxy: 'b' }).no_proxy).toBe('b,localhost,127.0.0.1,[::1]')
})

test('without a proxy in the environment nothing is changed, and nothing said', async () => {
  const said: string[] = []
  await useProxy({ HTTPS_PROXY: '' }, (text) => said.push(text))
  expect(said).toEqual([])
})
