import type { Area } from '../../area.ts'

/** Reached from the lists of what is imported. */
export const area: Area = {
  screens: [{ path: '/import/$kind', load: () => import('./import-screen.tsx') }],
}
