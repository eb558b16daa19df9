/** Where the scale of a chart ends. Pure. */
const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/** The next round number from `value` (at least 1) on, at most a third above it: a person reads "1,500", not "1,347". */
export function scaleEnd(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  // Of ten and less, whole numbers alone: there is no tenth of a request.
  const own = power === 1 ? steps.filter(Number.isInteger) : steps
  const step = own.find((each) => each * power >= value) ?? 10
  return Math.round(step * power)
}
