/** Whether somebody reads in a list that grows at its top, so that rows should stand still under them. */
import { type FocusEvent, type UIEvent, useEffect, useState } from 'react'

interface Reading {
  /** They have gone down in it, or are at one of its rows. */
  readonly isGoingOn: boolean
  /** For what is around the table. */
  readonly handlers: {
    readonly onScrollCapture: (event: UIEvent) => void
    readonly onFocusCapture: (event: FocusEvent) => void
    readonly onBlurCapture: (event: FocusEvent) => void
  }
}

export function useReading(): Reading {
  const [isScrolled, setScrolled] = useState(false)
  // Rows that come in above would push the one that they are at out of the page, and what has the focus with it.
  const [isInRows, setInRows] = useState(false)
  // A row that goes away takes the focus with it and tells nobody.
  useEffect(() => {
    if (isInRows && !isInRow(document.activeElement)) setInRows(false)
  })
  return {
    isGoingOn: isScrolled || isInRows,
    handlers: {
      onScrollCapture: ({ target }) => {
        // The frame around the rows is moved sideways.
        if (target instanceof Element && target.matches('[role=rowgroup]')) setScrolled(target.scrollTop > 0)
      },
      onFocusCapture: ({ target }) => setInRows(isInRow(target)),
      onBlurCapture: ({ relatedTarget }) => setInRows(isInRow(relatedTarget)),
    },
  }
}

function isInRow(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-row-index]') !== null
}
