/** Request ids: ULIDs, so that they sort by time in a log. None is accepted from outside: it is our handle, not theirs. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 48 bits of time and 80 bits of chance in 26 characters. */
export function newRequestId(nowMs: number, random: () => number): string {
  let time = ''
  for (let rest = nowMs, digit = 0; digit < 10; digit += 1) {
    time = `${alphabet[rest % 32]}${time}`
    rest = Math.floor(rest / 32)
  }
  let chance = ''
  for (let digit = 0; digit < 16; digit += 1) chance += alphabet[Math.floor(random() * 32)]
  return time + chance
}
