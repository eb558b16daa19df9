import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'API keys', to: '/api-keys', order: 80, group: 'Settings', scope: 'keys:admin' },
  screens: [{ path: '/api-keys', load: () => import('./api-key-list.tsx') }],
}
