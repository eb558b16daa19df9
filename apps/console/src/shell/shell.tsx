/** Around every screen: navigation, whose console it is, theme, sign-out, and word of a lost connection. */
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { ApiProblem } from '../api/api.ts'
import { signOut, useOrganization } from '../api/session.ts'
import type { NavEntry } from '../area.ts'
import { areas } from '../areas.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failure, Loading } from '../parts/states.tsx'
import { useAnnounce } from './announcements.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

export function Shell() {
  const organization = useOrganization()
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const seen = useRef(pathname)
  // A screen reader is told of the new screen by the focus; the first screen has the browser's own.
  useEffect(() => {
    if (seen.current === pathname) return
    seen.current = pathname
    main.current?.focus()
  }, [pathname])
  const { error } = organization
  const isSignedOut = error instanceof ApiProblem && error.status === 401
  return (
    <div className="min-h-screen md:grid md:grid-cols-[14.5rem_1fr]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:p-2"
      >
        Skip to the content
      </a>
      <aside className="border-line border-b bg-surface md:sticky md:top-0 md:h-screen md:overflow-y-auto md:border-r md:border-b-0">
        <div className="flex items-center gap-2 px-4 pt-4 pb-2 font-semibold text-lg">
          <Icon name="logo" /> Scanhook
        </div>
        <p className="truncate px-4 pb-2 text-muted text-sm" title={organization.data?.name}>
          {organization.data?.name ?? '\u00a0'}
        </p>
        <Navigation
          scopes={organization.data?.scopes ?? []}
          isOperator={organization.data?.is_operator ?? false}
        />
        <div className="grid gap-3 px-4 py-4">
          <ThemeSwitch />
          <SignOutButton />
        </div>
      </aside>
      <main ref={main} id="main" tabIndex={-1} className="min-w-0 px-4 py-6 outline-none md:px-8">
        <ConnectionNotice />
        {organization.isPending || isSignedOut ? (
          <Loading what="the console" />
        ) : organization.isError ? (
          <Failure error={organization.error} onRetry={() => void organization.refetch()} />
        ) : (
          <Outlet />
        )}
      </main>
    </div>
  )
}

interface NavigationProps {
  readonly scopes: readonly string[]
  readonly isOperator: boolean
}

function Navigation({ scopes, isOperator }: NavigationProps) {
  const entries = areas
    .flatMap(({ nav }) => (nav === undefined ? [] : [nav]))
    .filter(({ scope }) => scope === undefined || scopes.includes(scope))
    .filter(({ isForOperators = false }) => isOperator || !isForOperators)
    .sort((one, other) => one.order - other.order)
  const inGroup = (group: NavEntry['group']) => entries.filter((entry) => entry.group === group)
  return (
    <nav aria-label="Console">
      <NavList entries={inGroup(undefined)} />
      <h2 className="px-4 pt-3 pb-1 font-semibold text-muted text-xs uppercase tracking-wide">Settings</h2>
      <NavList entries={inGroup('Settings')} />
    </nav>
  )
}

function NavList({ entries }: { readonly entries: readonly NavEntry[] }) {
  return (
    <ul className="flex flex-wrap gap-0.5 px-2 md:block">
      {entries.map(({ label, to }) => (
        <li key={to}>
          <Link
            to={to}
            className="block min-h-9 rounded px-2 py-1.5 hover:bg-raised"
            activeProps={{ className: 'bg-accent-soft text-accent font-medium', 'aria-current': 'page' }}
          >
            {label}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function SignOutButton() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const announce = useAnnounce()
  const leave = async (): Promise<void> => {
    try {
      await signOut()
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) {
        announce.failed('You are still signed in: Scanhook did not answer. Try again.')
        return
      }
    }
    queries.clear()
    await navigate({ to: '/sign-in' })
  }
  return (
    <Button kind="quiet" onClick={() => void leave()}>
      Sign out
    </Button>
  )
}

/** What is shown may be old: said once, in words, and taken back when the connection is there again. */
function ConnectionNotice() {
  const [isOnline, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const update = (): void => setOnline(navigator.onLine)
    window.addEventListener('online', update)
    window.addEventListener('offline', update)
    return () => {
      window.removeEventListener('online', update)
      window.removeEventListener('offline', update)
    }
  }, [])
  return (
    <div role="status">
      {!isOnline && (
        <p className="mb-4 rounded-md border border-warn bg-warn-soft p-3 text-warn">
          This computer is offline. What you see is from before; it is asked for again when the connection is
          back.
        </p>
      )}
    </div>
  )
}
