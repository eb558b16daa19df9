import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Unknown tags', to: '/unknown-tags', order: 45, scope: 'tracking:read' },
  screens: [{ path: '/unknown-tags', load: () => import('./unknown-tag-list.tsx') }],
}
