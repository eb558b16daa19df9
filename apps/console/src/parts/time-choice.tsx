/** An instant, as a filter above a list: typed in the person's own zone, kept as RFC 3339. */
import { useId } from 'react'
import { localText, readLocal } from './local-time.ts'

interface Props {
  readonly label: string
  /** RFC 3339; empty: none. */
  readonly value: string
  readonly onChange: (instant: string) => void
}

export function TimeChoice({ label, value, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="whitespace-nowrap text-muted text-sm">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        className="min-h-11 rounded-md border border-edge bg-surface px-2 py-2 text-text"
        value={localText(value)}
        onChange={({ target }) => onChange(readLocal(target.value))}
      />
    </div>
  )
}
