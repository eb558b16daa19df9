/** Addresses under /console: those of the areas inside the shell, and the sign-in outside of it. */
import {
  type AnyRouter,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from '@tanstack/react-router'
import { areas } from './areas.ts'
import { ScreenFailed } from './parts/states.tsx'
import { parseSearch, stringifySearch } from './search.ts'
import { loadScreen } from './shell/load-screen.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

export function openRouter(): AnyRouter {
  const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
  const signIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: lazyRouteComponent(() => import('./screens/sign-in/sign-in.tsx')),
  })
  const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
  const first = createRoute({
    getParentRoute: () => shell,
    path: '/',
    component: () => <Navigate to="/webhooks" replace />,
  })
  const screens = areas
    .flatMap((area) => area.screens)
    .map(({ path, load }) =>
      createRoute({
        getParentRoute: () => shell,
        path,
        component: lazyRouteComponent(() => loadScreen(load)),
      }),
    )
  return createRouter({
    routeTree: root.addChildren([signIn, shell.addChildren([first, ...screens])]),
    basepath: '/console',
    parseSearch,
    stringifySearch,
    defaultErrorComponent: ScreenFailed,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}
