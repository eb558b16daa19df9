/** Where somebody was when their session ended, from the address of the sign-in. Pure. */
import { parseSearch } from '../../search.ts'

export interface Return {
  readonly to: string
  readonly search: Record<string, string | string[]>
}

/** Only to a screen of ours: what stands in an address may come from anybody. Anything else is the first screen. */
export function readReturn(text: string): Return {
  const [path = '', query = ''] = text.split(/\?(.*)/s, 2)
  return /^\/[a-z][^\\]*$/.test(path) ? { to: path, search: parseSearch(query) } : { to: '/', search: {} }
}
