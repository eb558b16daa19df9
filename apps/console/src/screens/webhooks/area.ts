import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Webhooks', to: '/webhooks', order: 10, group: 'Settings', scope: 'webhooks:read' },
  screens: [
    { path: '/webhooks', load: () => import('./webhook-list.tsx') },
    { path: '/webhooks/new', load: () => import('./add-webhook.tsx') },
    { path: '/webhooks/$webhookId', load: () => import('./webhook-detail.tsx') },
  ],
}
