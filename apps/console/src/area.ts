/** What an area of the console says of itself in `src/screens/<area>/area.ts`: its place in the navigation, and its screens. */
import type { ComponentType } from 'react'

export interface Area {
  /** Absent: reached from other screens only. */
  readonly nav?: NavEntry | undefined
  readonly screens: readonly Screen[]
}

export interface NavEntry {
  readonly label: string
  /** Of the area's first screen. */
  readonly to: string
  /** From the top; the README has the list. */
  readonly order: number
  /** Under this heading; absent: at the top. */
  readonly group?: 'Settings' | undefined
  /** Whoever lacks it does not see the entry. */
  readonly scope?: string | undefined
  /** Only people who look after the installation see the entry. */
  readonly isForOperators?: boolean | undefined
}

export interface Screen {
  /** As TanStack Router writes it: `/deliveries/$deliveryId`. */
  readonly path: string
  /** Loaded when it is first visited. */
  readonly load: () => Promise<{ readonly default: ComponentType }>
}
