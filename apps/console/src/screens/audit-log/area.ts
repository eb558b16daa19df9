import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Audit log', to: '/audit-log', order: 90, group: 'Settings', scope: 'keys:admin' },
  screens: [{ path: '/audit-log', load: () => import('./audit-list.tsx') }],
}
