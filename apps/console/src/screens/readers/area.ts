import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Readers', to: '/readers', order: 55, scope: 'scan-devices:read' },
  screens: [
    { path: '/readers', load: () => import('./reader-list.tsx') },
    { path: '/readers/$readerId', load: () => import('./reader-detail.tsx') },
  ],
}
