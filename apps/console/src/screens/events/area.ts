import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Events', to: '/events', order: 30, scope: 'tracking:read' },
  screens: [
    { path: '/events', load: () => import('./event-list.tsx') },
    { path: '/events/$eventId', load: () => import('./event-detail.tsx') },
  ],
}
