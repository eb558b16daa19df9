/** Epoch ms with parts of a millisecond: the clock that the processes of one machine share. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now()
}
