import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { Claim, ClaimAnswer } from '@scanhook/redis/claims'
import { expect, test } from 'vitest'
import { type Writable, writeOnce } from './write-once.ts'

const outgoing = (key: string): OutgoingRecord => ({ topic: 't', key, value: null })
const writable = (key: string | null, coordinate = '-'): Writable => ({
  claim: key === null ? null : { key, coordinate },
  record: () => outgoing(`${key}@${coordinate}`),
})

function world(answers: Readonly<Record<string, ClaimAnswer>> = {}, refusal: Error | null = null) {
  const acts: string[] = []
  const ports = {
    claim: async (claims: readonly Claim[]) => {
      acts.push(`claim ${claims.map(({ key }) => key).join()}`)
      return claims.map(({ key }) => answers[key] ?? 'won')
    },
    appendAll: async (records: readonly OutgoingRecord[]) => {
      acts.push(`append ${records.map(({ key }) => key).join()}`)
      if (refusal !== null) throw refusal
    },
    confirm: async (claims: readonly Claim[]) => {
      acts.push(`confirm ${claims.map(({ key }) => key).join()}`)
    },
  }
  return { acts, ports }
}

test('P1: claims, then appends, then confirms what was appended', async () => {
  const { acts, ports } = world({ b: 'duplicate', c: 'unchecked' })
  const fates = await writeOnce(ports, [writable('a'), writable('b'), writable('c'), writable(null)])
  expect(fates).toEqual(['accepted', 'duplicate', 'accepted', 'accepted'])
  expect(acts).toEqual(['claim a,b,c', 'append a@-,c@-,null@-', 'confirm a,c'])
})

test('P1: nothing is confirmed when the records were not acknowledged', async () => {
  const { acts, ports } = world({}, new Error('refused'))
  await expect(writeOnce(ports, [writable('a')])).rejects.toThrow('refused')
  expect(acts).toEqual(['claim a', 'append a@-'])
})

test('P2: equal claims in one call are written once, whatever Redis says', async () => {
  const { acts, ports } = world({ a: 'unchecked' })
  const fates = await writeOnce(ports, [writable('a', '1'), writable('a', '2'), writable('a', '3')])
  expect(fates).toEqual(['accepted', 'duplicate', 'duplicate'])
  expect(acts).toEqual(['claim a', 'append a@1', 'confirm a'])
})

test('P3: poison goes along, also alone', async () => {
  const { acts, ports } = world()
  await writeOnce(ports, [], [outgoing('poison')])
  await writeOnce(ports, [writable('a')], [outgoing('poison')])
  expect(acts).toEqual(['append poison', 'claim a', 'append poison,a@-', 'confirm a'])
})

test('nothing to write is nothing to do', async () => {
  const { acts, ports } = world()
  expect(await writeOnce(ports, [])).toEqual([])
  expect(acts).toEqual([])
})
