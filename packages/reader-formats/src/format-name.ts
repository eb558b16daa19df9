/** The formats by the names that settings and headers use. */

export const formatNames = [
  'scanhook',
  'csl-cs463',
  'gl-s10',
  'moko-mk107',
  'impinj-iot',
  'zebra-iot',
  'llrp',
  'gps',
  'epcis',
] as const
export type FormatName = (typeof formatNames)[number]

/** Null when there is no such format. Upper case and blanks around it are forgiven, as header values have them. */
export function findFormat(name: string): FormatName | null {
  const wanted = name.trim().toLowerCase()
  return formatNames.find((known) => known === wanted) ?? null
}
