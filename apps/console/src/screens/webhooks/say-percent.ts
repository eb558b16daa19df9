/** A share as a percentage. Pure. */

/** 0.98613 is "98.6 %"; what is not quite all never reads as 100. */
export function sayPercent(share: number | null): string {
  if (share === null) return '–'
  const percent = Math.floor(share * 1000) / 10
  return `${percent.toFixed(share === 1 ? 0 : 1)} %`
}
