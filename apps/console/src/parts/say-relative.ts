/** How long ago, or how soon, in words. Pure. */
const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

export function sayRelative(atMs: number, nowMs: number): string {
  const distanceMs = atMs - nowMs
  const size = Math.abs(distanceMs)
  const step = steps.find(([, ms]) => size >= ms)
  if (step === undefined) return distanceMs > 0 ? 'in a moment' : 'just now'
  const [unit, ms] = step
  return words.format(Math.trunc(distanceMs / ms), unit)
}

/** `1204` ms is "1.20 s", `48.66` is "48.7 ms". */
export function sayDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 1_000) return `${(ms / 1000).toFixed(2)} s`
  return ms >= 100 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`
}
