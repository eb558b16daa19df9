/** For what shows rows that can be taken away by a button of their own. */
import { useLayoutEffect } from 'react'
import { rescueFocus } from './focus-heading.ts'

/** When what had the focus goes away with this change of the component, the screen's heading gets it. */
export function useFocusRescue(): void {
  const before = document.activeElement
  useLayoutEffect(() => {
    if (before?.isConnected === false) rescueFocus()
  })
}
