/** The way out through the proxy that the environment names, for everything that `fetch` asks. */

type Env = Readonly<Record<string, string | undefined>>

/** As curl and Go read them; the small letters win. */
const proxyNames = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const
/** A proxy is for what is elsewhere: it knows another machine by these names. */
const ownMachine = ['localhost', '127.0.0.1', '[::1]'] as const

/** What Node reads: hosts that are asked directly, with this machine among them. */
export function withoutOwnMachine(env: Env): Record<string, string | undefined> {
  const { NO_PROXY: upper, no_proxy: given = upper, ...others } = env
  const hosts = given === undefined || given === '' ? ownMachine : [given, ...ownMachine]
  return { ...others, no_proxy: hosts.join(',') }
}

/**
 * From now on. Does nothing where the environment names none; says so where this Node knows no proxies (before 24.14 and 25.4).
 * Loads Node's client only then: most starts need none.
 */
export async function useProxy(env: Env, say: (text: string) => void): Promise<void> {
  if (proxyNames.every((name) => (env[name] ?? '') === '')) return
  const { default: http } = await import('node:http')
  if (typeof http.setGlobalProxyFromEnv === 'function') http.setGlobalProxyFromEnv(withoutOwnMachine(env))
  else
    say(
      `Node ${process.versions.node} goes through no proxy, although the environment names one: 24.14 does\n`,
    )
}
