/** What is being typed, once the typing pauses. */
import { useEffect, useState } from 'react'

/** Longer than between two keys of somebody who types, shorter than a wait. */
const pauseMs = 400

export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
