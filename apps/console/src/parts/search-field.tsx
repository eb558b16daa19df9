/** The search of a list, reached by `/`. Tells its text when the typing pauses. */
import { useEffect, useRef, useState } from 'react'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { controlLook } from './field.tsx'

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
}

/** A quarter of a second: longer than between two keys of somebody who types, shorter than a wait. */
const pauseMs = 250

export function SearchField({ label, value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the pause
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  useShortcuts([{ key: '/', does: 'search', run: () => input.current?.focus() }])
  return (
    <label className="block w-72 max-w-full">
      <span className="sr-only">{label}</span>
      <input
        ref={input}
        type="search"
        value={text}
        placeholder={`${label} ( / )`}
        onChange={({ target }) => setText(target.value)}
        className={controlLook}
      />
    </label>
  )
}
