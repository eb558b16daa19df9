import { expect, test } from 'vitest'
import { parseArguments } from './parse-arguments.ts'

test('three seeds unless it is quick, broken on purpose, or said', () => {
  expect(parseArguments([]).seeds).toBe(3)
  expect(parseArguments(['--quick']).seeds).toBe(1)
  expect(parseArguments(['--break', 'x']).seeds).toBe(1)
  expect(parseArguments(['--quick', '--seeds', '2']).seeds).toBe(2)
  expect(parseArguments(['--first-seed', '2'])).toMatchObject({ firstSeed: 2, seeds: 3 })
  expect(parseArguments(['--cells', 'B1,S6']).cells).toEqual(['B1', 'S6'])
})

test('what is unknown or no number is refused with the usage', () => {
  expect(() => parseArguments(['--cell'])).toThrow(/unknown: --cell[\s\S]*npm run chaos/)
  expect(() => parseArguments(['--seeds', '0'])).toThrow(/whole number/)
})
