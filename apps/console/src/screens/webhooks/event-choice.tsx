/** Which event types an endpoint gets: all and those to come, or some. Patterns such as `asset.*` are there when it has them. */
import { useState } from 'react'

interface Props {
  readonly types: readonly string[]
  /** `*` alone: all of them. */
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
  /** Told of the type that somebody is at. */
  readonly onLook?: ((type: string) => void) | undefined
}

export function EventChoice({ types, chosen, onChange, onLook }: Props) {
  const given = chosen.filter((name) => name !== '*' && !types.includes(name))
  // One that is taken away stays to be chosen again; one that somebody else chose comes to them.
  const [patterns, setPatterns] = useState<readonly string[]>(given)
  const added = given.filter((name) => !patterns.includes(name))
  if (added.length > 0) setPatterns([...patterns, ...added])
  const isAll = chosen.includes('*')
  const toggle = (name: string, isChosen: boolean): void => {
    onLook?.(name)
    const others = (isAll ? types : chosen).filter((each) => each !== name)
    onChange(isChosen ? [...others, name] : others)
  }
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">Event types</legend>
      <label className="flex min-h-8 items-center gap-2 font-medium">
        <input
          type="checkbox"
          checked={isAll}
          onChange={({ target }) => onChange(target.checked ? ['*'] : [...types])}
        />
        All of them, and those that will be added
      </label>
      <div className="mt-1 grid gap-x-4 sm:grid-cols-2">
        {[...patterns, ...types].map((name) => (
          <label key={name} className="flex min-h-8 min-w-0 items-center gap-2">
            <input
              type="checkbox"
              checked={isAll || chosen.includes(name)}
              onFocus={() => onLook?.(name)}
              onChange={({ target }) => toggle(name, target.checked)}
            />
            <span className="break-all font-mono text-sm">{name}</span>
          </label>
        ))}
      </div>
      <p role="status" className="mt-1 text-muted text-sm">
        {isAll
          ? 'All are chosen.'
          : chosen.length === 0
            ? 'Choose one at least.'
            : `${chosen.length} chosen.`}
      </p>
    </fieldset>
  )
}
