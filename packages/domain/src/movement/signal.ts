/** Signal strengths in hundredths of a dBm. An unknown one is below every known one. */
export function louder(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.max(a, b)
}
