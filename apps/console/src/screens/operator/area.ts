import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Operator', to: '/operator', order: 100, scope: 'webhooks:read', isForOperators: true },
  screens: [
    { path: '/operator', load: () => import('./operator-view.tsx') },
    { path: '/operator/runbooks/$runbook', load: () => import('./runbook-view.tsx') },
  ],
}
