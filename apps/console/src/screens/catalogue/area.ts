import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Catalogue', to: '/catalogue', order: 60, scope: 'webhooks:read' },
  screens: [
    { path: '/catalogue', load: () => import('./catalogue-list.tsx') },
    { path: '/catalogue/$eventType', load: () => import('./catalogue-detail.tsx') },
  ],
}
