/** One of a few, as a filter above a list: the browser's own control, with its label in sight. */
import { useId } from 'react'

interface Props {
  readonly label: string
  readonly value: string
  /** Value and what it is called; the empty value stands for "no matter". */
  readonly options: readonly (readonly [string, string])[]
  readonly onChange: (value: string) => void
}

export function Choice({ label, value, options, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="whitespace-nowrap text-muted text-sm">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="min-h-11 max-w-56 rounded-md border border-edge bg-surface px-2 py-2 text-text"
      >
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
