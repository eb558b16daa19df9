/** Starts the console in the page. */
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import './app.css'
import { openQueries } from './api/queries.ts'
import { onSignedOutElsewhere } from './api/session.ts'
import { openRouter } from './router.tsx'
import { Announcements } from './shell/announcements.tsx'
import { Shortcuts } from './shell/shortcuts.tsx'
import { applyTheme, storedTheme } from './shell/theme.ts'

applyTheme(storedTheme())
const router = openRouter()
const queries = openQueries({ onSignedOut })
onSignedOutElsewhere(onSignedOut)

function onSignedOut(): void {
  const { pathname, searchStr } = router.state.location
  if (pathname === '/sign-in') return
  queries.clear()
  void router.navigate({ to: '/sign-in', search: { to: `${pathname}${searchStr}` } })
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
