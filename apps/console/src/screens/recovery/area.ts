import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Recovery', to: '/recovery', order: 35, scope: 'webhooks:read' },
  screens: [{ path: '/recovery', load: () => import('./recovery-view.tsx') }],
}
