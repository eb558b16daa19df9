/** Starts the console in the page. */
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import './app.css'
import type { Model } from './api/api.ts'
import { openQueries } from './api/queries.ts'
import { onSessionElsewhere, sessionKey } from './api/session.ts'
import { openRouter } from './router.tsx'
import { Announcements } from './shell/announcements.tsx'
import { Shortcuts } from './shell/shortcuts.tsx'
import { applyTheme, storedTheme } from './shell/theme.ts'

applyTheme(storedTheme())
const router = openRouter()
const queries = openQueries({ onSignedOut })
onSessionElsewhere((news) => (news.kind === 'ended' ? onSignedOut() : onSignedIn(news.orgId)))

function onSignedOut(): void {
  const { pathname, searchStr } = router.state.location
  if (pathname === '/sign-in') return
  queries.clear()
  void router.navigate({ to: '/sign-in', search: { to: `${pathname}${searchStr}` } })
}

/** In another tab. Of the organization that this one shows nothing may stay beside what now comes with the cookie of another. */
function onSignedIn(orgId: number): void {
  const shown = queries.getQueryData<Model<'Organization'>>(sessionKey)
  if (shown === undefined) return
  if (shown.id === orgId) void queries.invalidateQueries({ queryKey: sessionKey })
  else window.location.replace('/console/')
}

const place = document.getElementById('console')
if (place === null) throw new Error('the page has no place for the console')
createRoot(place).render(
  <QueryClientProvider client={queries}>
    <Announcements>
      <Shortcuts>
        <RouterProvider router={router} />
      </Shortcuts>
    </Announcements>
  </QueryClientProvider>,
)
