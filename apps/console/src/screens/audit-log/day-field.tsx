/** A day of UTC as a filter. */
import { useId } from 'react'

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (day: string) => void
}

export function DayField({ label, value, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="whitespace-nowrap text-muted text-sm">
        {label} (day, UTC)
      </label>
      <input
        id={id}
        type="date"
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="min-h-11 rounded-md border border-edge bg-surface px-2 py-2 text-text"
      />
    </div>
  )
}
