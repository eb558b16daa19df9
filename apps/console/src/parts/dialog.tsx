/**
 * A dialog over the page: the browser's own, which keeps the focus inside, closes by Escape and gives the focus back. (Those of
 * libraries add `<style>` elements to lock scrolling, which our Content-Security-Policy forbids.)
 */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { DialogAnnouncements } from '../shell/announcements.tsx'
import { rescueFocus } from '../shell/focus-heading.ts'
import { Icon } from './icon.tsx'

interface Props {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Open while it is rendered. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Not an effect: those are over after the element is gone, and only one that stands gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => {
      element?.close()
      rescueFocus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className="m-auto w-[36rem] max-w-[calc(100vw-2rem)] rounded-lg border border-edge bg-surface p-5 text-text"
    >
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 id={titleId} className="font-semibold text-lg">
          {title}
        </h2>
        <button type="button" onClick={onClose} aria-label="Close" className="min-h-9 min-w-9">
          <Icon name="close" />
        </button>
      </div>
      {children}
      <DialogAnnouncements />
    </dialog>
  )
}
