import type { Area } from '../../area.ts'

export const area: Area = {
  nav: { label: 'Inspector', to: '/inspector', order: 70, scope: 'webhooks:write' },
  screens: [{ path: '/inspector', load: () => import('./inspector.tsx') }],
}
