import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Locations', to: '/locations', order: 50, scope: 'locations:read' },
  screens: [
    { path: '/locations', load: () => import('./location-tree.tsx') },
    { path: '/locations/live', load: () => import('./live-map.tsx') },
    { path: '/locations/$locationId', load: () => import('./location-detail.tsx') },
  ],
}
