/** Around every screen: navigation, whose console it is, theme, sign-out, and word of a lost connection. */
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { ApiProblem, type Model } from '../api/api.ts'
import { signOut, useOrganization } from '../api/session.ts'
import type { NavEntry } from '../area.ts'
import { areas } from '../areas.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failure, Loading } from '../parts/states.tsx'
import { useAnnounce } from './announcements.tsx'
import { ConnectionNotice } from './connection-notice.tsx'
import { expectHeading } from './focus-heading.ts'
import { ThemeSwitch } from './theme-switch.tsx'

export function Shell() {
  const organization = useOrganization()
  // Where the router has arrived, not where it goes: until then the old screen stands.
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  const main = useRef<HTMLElement>(null)
  const seen = useRef(pathname)
  // A screen reader is told of the new screen by the focus; the first screen has the browser's own.
  useEffect(() => {
    const isFirst = seen.current === undefined
    if (seen.current === pathname) return
    seen.current = pathname
    if (!isFirst) expectHeading(main.current)
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
      <Sidebar organization={organization.data} pathname={pathname} />
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

interface SidebarProps {
  readonly organization: Model<'Organization'> | undefined
  readonly pathname: string | undefined
}

/** Beside the screen; where there is no room beside it, above it and put away until it is asked for. */
function Sidebar({ organization, pathname }: SidebarProps) {
  const name = organization?.name
  const [isOpen, setOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has arrived needs it no more
  useEffect(() => setOpen(false), [pathname])
  return (
    <aside className="border-line border-b bg-surface md:sticky md:top-0 md:flex md:h-screen md:flex-col md:overflow-y-auto md:border-r md:border-b-0">
      <div className="flex items-center justify-between gap-3 px-4 py-2 md:block md:pt-4">
        <div className="min-w-0">
          <div className="flex items-center gap-2 font-semibold text-lg">
            <Icon name="logo" /> Scanhook
          </div>
          <p className="truncate text-muted text-sm md:pt-2" title={name}>
            {name ?? '\u00a0'}
          </p>
        </div>
        <Button
          className="shrink-0 md:hidden"
          aria-expanded={isOpen}
          aria-controls="sidebar"
          onClick={() => setOpen((was) => !was)}
        >
          Menu
        </Button>
      </div>
      <div id="sidebar" className={`${isOpen ? 'flex' : 'hidden'} grow flex-col md:flex`}>
        <Navigation scopes={organization?.scopes ?? []} isOperator={organization?.is_operator ?? false} />
        <div className="mt-auto grid gap-3 px-4 py-4">
          <ThemeSwitch />
          <SignOutButton />
        </div>
      </div>
    </aside>
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
    <ul className="px-2">
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
