/** The bounds of what a read may say, whatever form it comes in. */

/** TrakRF's bound for external keys and tag values, in characters. */
export const textMaxLength = 255
/** LLRP numbers antennas in 16 bits; some readers begin at 0. */
export const antennaPortMax = 65_535
/** A reader that reports once in ten minutes and reads a tag 1,000 times a second. */
export const readsMax = 600_000
