import { expect, test } from 'vitest'
import { sayHour, sayRate } from './sum-throughput.ts'

test('a rate has as many digits as say something', () => {
  expect([0, 0.001, 0.05, 4.24, 1_204.4].map(sayRate)).toEqual([
    '0',
    'less than 0.01',
    '0.05',
    '4.2',
    '1,204',
  ])
})

test('an hour is its sum and its peak', () => {
  const bucket = (records: number) => ({ from: '', to: '', records, per_second: records / 300 })
  expect(sayHour({ buckets: [bucket(0)] })).toBe('nothing within the last hour')
  expect(sayHour({ buckets: [bucket(300), bucket(1_500)] })).toBe(
    '1,800 within the last hour, at most 5.0 a second',
  )
})
