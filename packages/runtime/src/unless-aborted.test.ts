import { expect, test } from 'vitest'
import { unlessAborted } from './unless-aborted.ts'

test('a rejection counts while the work is ours, and not once it is somebody else’s', async () => {
  const ours = new AbortController()
  const failing = (): Promise<void> => Promise.reject(new Error('no registry'))
  await expect(unlessAborted(ours.signal, failing())).rejects.toThrow('no registry')
  ours.abort()
  await expect(unlessAborted(ours.signal, failing())).resolves.toBeUndefined()
})

test('it resolves when the work is done, not before', async () => {
  const steps: string[] = []
  await unlessAborted(
    new AbortController().signal,
    Promise.resolve().then(() => void steps.push('work')),
  )
  steps.push('after')
  expect(steps).toEqual(['work', 'after'])
})
