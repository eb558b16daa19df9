import { expect, test } from 'vitest'
import { judgeLag, judgeTier, plainName, saySeconds, sharedPrefix } from './describe-pipeline.ts'

const group = (records: number, seconds: number | null) => ({
  ...{ group: 'scanhook.router', topic: 'scanhook.events', lag_records: records, lag_seconds: seconds },
})
const tier = (waiting: number, overdue: number | null) => ({
  ...{ tier: '1m', wait_seconds: 60, waiting, due: 0, overdue_seconds: overdue },
})

test('a group is judged by the age of what waits, not by how much it is', () => {
  const words = [group(0, 0), group(900_000, 29), group(1, 30), group(1, 60), group(1, null)].map(judgeLag)
  expect(words).toEqual([
    { tone: 'good', word: 'Up to date' },
    { tone: 'good', word: 'Keeps up' },
    { tone: 'warn', word: 'Behind' },
    { tone: 'bad', word: 'Far behind' },
    { tone: 'warn', word: 'Age unknown' },
  ])
})

test('a tier that is full is on time; one whose head should have gone is not', () => {
  const words = [tier(0, 0), tier(900_000, 0), tier(1, 10), tier(1, 60), tier(1, null)].map(judgeTier)
  expect(words.map(({ word }) => word)).toEqual(['Empty', 'On time', 'Late', 'Overdue', 'Age unknown'])
})

test('seconds are said in units that somebody can grasp', () => {
  const said = [0, 0.42, 59.9, 60, 200, 3_600, 7_500, null].map(saySeconds)
  expect(said).toEqual(['0 s', '0.4 s', '59 s', '1 min', '3 min 20 s', '1 h', '2 h 5 min', 'not known'])
})

test('names are said without what all of them begin with, and whole where that is not so', () => {
  expect(sharedPrefix(['world-062.router', 'world-062.recorder', 'world-062.producer'])).toBe('world-062.')
  expect(sharedPrefix(['s.router'])).toBe('s.')
  expect([
    sharedPrefix(['router', 'recorder']),
    sharedPrefix(['tracker', 'tracker-late']),
    sharedPrefix([]),
  ]).toEqual([...['', '', '']])
  expect(['s.router', 'plant.reads', 's.'].map((name) => plainName(name, 's.'))).toEqual([
    ...['router', 'plant.reads', 's.'],
  ])
})
