/**
 * Makes the key by which a tag's value finds its asset, as TrakRF does: readers pad, group and case the same EPC
 * differently, and a short value keyed in by hand must meet the full-width one.
 */

/**
 * Upper case, without anything that is not a hex digit, without leading zeros. Where no hex digit other than zeros
 * remains (a barcode such as `PQRS`, or all zeros) it is the trimmed value in upper case, so that such tags do not
 * all share one empty key.
 */
export function normaliseTag(value: string): string {
  const upper = value.trim().toUpperCase()
  const key = upper.replaceAll(/[^0-9A-F]/g, '').replace(/^0+/, '')
  return key === '' ? upper : key
}
