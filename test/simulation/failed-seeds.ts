/**
 * Seeds that once found something: in the code, or in the simulation itself. They are always run. A seed means what
 * `scenarioOf` draws from it, so a change there gives these another meaning; what they found then is said beside them.
 */
export const failedSeeds: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 6, found: 'a broker whose clock is behind made the retry tiers turn without a pause' },
  { seed: 16, found: 'a batch of one endpoint that is full holds up the partition for 700 ms' },
  { seed: 27, found: 'behind requests that hang a record stays for more than 30 s' },
  { seed: 85, found: 'a body rendered twice when its first request was lost and the profile changed' },
  { seed: 406, found: 'copies of a delivery add up when acknowledgements are lost for a day' },
]
