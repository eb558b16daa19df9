import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Deliveries', to: '/deliveries', order: 20, scope: 'webhooks:read' },
  screens: [
    { path: '/deliveries', load: () => import('./delivery-list.tsx') },
    { path: '/deliveries/$deliveryId', load: () => import('./delivery-detail.tsx') },
  ],
}
