import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Assets', to: '/assets', order: 40, scope: 'assets:read' },
  screens: [
    { path: '/assets', load: () => import('./asset-list.tsx') },
    { path: '/assets/$assetId', load: () => import('./asset-detail.tsx') },
  ],
}
