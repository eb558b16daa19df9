/** A new endpoint, which is shown in place of the screen that made it, under that screen's address. */
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { expectHeading } from '../../shell/focus-heading.ts'
import type { Created } from './add-form.tsx'

export function useCreated() {
  const router = useRouter()
  const [created, setCreated] = useState<Created | null>(null)
  const shown = useRef(created)
  // A link to this address, as the one beside the screen, leads back to the screen. Its hash is a step inside of what is shown.
  useEffect(
    () =>
      router.subscribe('onBeforeLoad', ({ pathChanged, toLocation }) => {
        if (!pathChanged && toLocation.hash === '') setCreated(null)
      }),
    [router],
  )
  // The address stays: what follows a step to another screen (the shell's) has to be done here.
  useEffect(() => {
    if (shown.current === created) return
    shown.current = created
    window.scrollTo({ top: 0 })
    expectHeading(document.getElementById('main'))
  }, [created])
  return [created, setCreated] as const
}
