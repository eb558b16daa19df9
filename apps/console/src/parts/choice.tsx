/** Filters of a list: one of several values, or any; an instant. */
import type { ReactNode } from 'react'
import { controlLook } from './field.tsx'
import { localText, readLocal } from './local-time.ts'

type Options = readonly (readonly [value: string, text: string])[]

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: Options
  readonly onChange: (value: string) => void
}

/** One of a few: the browser's own control. */
export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Labelled label={label}>
      <select
        className={`${controlLook} max-w-56`}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

interface TimeProps {
  readonly label: string
  /** RFC 3339; empty: none. */
  readonly value: string
  readonly onChange: (instant: string) => void
}

export function TimeChoice({ label, value, onChange }: TimeProps) {
  return (
    <Labelled label={label}>
      <input
        type="datetime-local"
        step={1}
        className={controlLook}
        value={localText(value)}
        onChange={({ target }) => onChange(readLocal(target.value))}
      />
    </Labelled>
  )
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="grid gap-1">
      <span className="text-muted text-sm">{label}</span>
      {children}
    </label>
  )
}
