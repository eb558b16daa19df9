/** Who is signed in, and how that begins and ends. The token itself is in a cookie that scripts can't read. */
import { useQuery } from '@tanstack/react-query'
import { api, askConsole, dataOf } from './api.ts'

export const sessionKey = ['session'] as const

/** Whose console this is, and what it may. */
export function useOrganization() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: () => dataOf(api.GET('/api/v1/orgs/me')),
    staleTime: 60_000,
  })
}

/** Whether the session has the scope; false while that is not known. */
export function useMay(scope: string): boolean {
  const { data } = useOrganization()
  return data?.scopes.includes(scope) ?? false
}

/** With the token of a link or an API key. Throws an ApiProblem with 401 for a link or key that is none, or none any more. */
export async function signIn(credential: string): Promise<void> {
  const { data } = (await askConsole('POST', '/console/session', { credential })) as {
    readonly data: { readonly organization_id: number }
  }
  tell({ kind: 'begun', orgId: data.organization_id })
}

export async function signOut(): Promise<void> {
  await askConsole('DELETE', '/console/session')
  tell({ kind: 'ended' })
}

/** What becomes of the session in one tab. */
export type SessionNews = { readonly kind: 'ended' } | { readonly kind: 'begun'; readonly orgId: number }

/** The tabs of a browser have one cookie: what they show ends together, and is that of whoever signed in last. */
const otherTabs = new BroadcastChannel('scanhook-session')
const tell = (news: SessionNews): void => otherTabs.postMessage(news)

/** `act` is called when somebody signs in or out in another tab of this browser. */
export function onSessionElsewhere(act: (news: SessionNews) => void): void {
  otherTabs.addEventListener('message', ({ data }: MessageEvent<SessionNews>) => act(data))
}
