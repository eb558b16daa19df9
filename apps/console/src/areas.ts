/** Every area there is: found by its file name, so that a new one touches nobody else's file. */
import type { Area } from './area.ts'

const found = import.meta.glob<{ readonly area: Area }>('./screens/*/area.ts', { eager: true })

export const areas: readonly Area[] = Object.values(found).map(({ area }) => area)
