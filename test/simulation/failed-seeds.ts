/**
 * Seeds that once found something in the code. They are always run. A seed means what `scenarioOf` draws from it: who
 * changes that gives these another meaning, and looks for others that find the same.
 */
export const failedSeeds: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 1, found: 'a queue that a trim had emptied refused its endpoint for ever' },
  { seed: 8, found: 'the same, of every endpoint that hangs' },
  { seed: 10, found: 'a handler that waited for room was not told when order took the queue away' },
  { seed: 75, found: 'the same, and the partition stood still' },
  {
    seed: 883,
    found: 'a former owner parks an event after the new one has read the order: it holds its asset for 72 h',
  },
  { seed: 959, found: 'the same' },
]

/** Still failing: left out of the thousand, and moved up when mended (their test then says so). */
export const openSeeds: readonly { readonly seed: number; readonly found: string }[] = []
