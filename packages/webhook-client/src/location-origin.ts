/**
 * Where a redirect points, as far as a log may tell: `https://other.example`, with the port where it is unusual. Path,
 * query and user name are left out, because receivers put one-time tokens and passwords there. Pure.
 */
export function locationOrigin(location: string, requestUrl: string): string {
  const target = URL.parse(location, requestUrl)
  if (target === null) return 'unreadable'
  // `javascript:`, `data:` and the like have no host.
  return target.host === '' ? target.protocol : `${target.protocol}//${target.host}`
}
