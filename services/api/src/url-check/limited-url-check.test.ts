import { expect, test } from 'vitest'
import { type CheckUrlPorts, limitedUrlCheck, lookUpsMax } from './routes.ts'

const url = 'https://receiver.example/hook'
const { ofOne, ofAll } = lookUpsMax

/** Name servers that answer when they are told to. */
function slowNames() {
  const waiting: (() => void)[] = []
  let isWrong = false
  const checkTarget: CheckUrlPorts['checkTarget'] = (asked) =>
    new Promise((resolve) => {
      waiting.push(() => resolve(isWrong ? { ok: false, message: 'must resolve' } : { ok: true, url: asked }))
    })
  return {
    checkTarget,
    count: () => waiting.length,
    answerAll: () => {
      for (const answer of waiting.splice(0)) answer()
    },
    becomeWrong: () => {
      isWrong = true
    },
  }
}

const tooMany = { type: 'rate_limited', headers: { 'retry-after': expect.any(String) } }

test('one organization whose look-ups hang takes its own share, and another one is answered', async () => {
  const names = slowNames()
  const check = limitedUrlCheck(names)
  const hanging = Array.from({ length: ofOne }, () => check(1, url))
  await expect(check(1, url)).rejects.toMatchObject(tooMany)
  expect(names.count()).toBe(ofOne)
  const other = check(2, url)
  names.answerAll()
  expect(await other).toBe(url)
  expect(await Promise.all(hanging)).toHaveLength(ofOne)
})

test('all of them together have a bound as well, and who is answered makes room, also where the answer was no', async () => {
  const names = slowNames()
  const check = limitedUrlCheck(names)
  names.becomeWrong()
  const hanging = Promise.allSettled(
    Array.from({ length: ofAll }, (_, index) => check(1 + Math.floor(index / ofOne), url)),
  )
  await expect(check(1_000, url)).rejects.toMatchObject(tooMany)
  names.answerAll()
  for (const each of await hanging) expect(each.status).toBe('rejected')
  const again = check(1, url)
  names.answerAll()
  await expect(again).rejects.toMatchObject({ type: 'validation_error' })
})
