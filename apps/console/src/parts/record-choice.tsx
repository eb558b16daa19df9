/** One of many records, found by a part of its name or key; or none of them. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useDeferredValue, useId, useState } from 'react'
import { controlLook } from './field.tsx'
import { Loaded } from './states.tsx'

export interface Choosable {
  readonly id: number
  readonly name: string
  readonly external_key: string
}

interface Props {
  readonly legend: string
  /** "A new asset", "None: at the top". */
  readonly none: string
  readonly chosen: number | null
  /** What is chosen already, in case that the search does not find it. */
  readonly known?: Choosable | undefined
  readonly problem?: string | undefined
  readonly onChoose: (id: number | null) => void
  readonly queryKey: readonly unknown[]
  /** At most `foundMax` that have the text; an empty one finds all. */
  readonly find: (q: string, foundMax: number) => Promise<readonly Choosable[]>
}

/** What fits into a dialog; whoever wants another one types more of its name. */
const foundMax = 8

export function RecordChoice({ legend, none, chosen, known, problem, onChoose, queryKey, find }: Props) {
  const searchId = useId()
  const [text, setText] = useState('')
  const q = useDeferredValue(text.trim())
  const query = useQuery({
    queryKey: [...queryKey, 'choice', q],
    queryFn: () => find(q, foundMax),
    placeholderData: (before) => before,
  })
  return (
    <fieldset className="grid min-w-0 gap-1">
      <legend className="font-medium">{legend}</legend>
      <label htmlFor={searchId} className="text-muted text-sm">
        Search by name or key
      </label>
      <input
        id={searchId}
        type="search"
        dir="auto"
        className={controlLook}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Option name={searchId} isChosen={chosen === null} onChoose={() => onChoose(null)}>
        {none}
      </Option>
      <Loaded query={query} what={legend}>
        {(found) => (
          <>
            {withKnown(found, known).map(({ id, name, external_key: key }) => (
              <Option key={id} name={searchId} isChosen={chosen === id} onChoose={() => onChoose(id)}>
                <bdi>{name}</bdi> (<bdi>{key}</bdi>)
              </Option>
            ))}
          </>
        )}
      </Loaded>
      {problem !== undefined && (
        <p role="alert" className="text-bad text-sm">
          {problem}
        </p>
      )}
    </fieldset>
  )
}

function withKnown(found: readonly Choosable[], known: Choosable | undefined): readonly Choosable[] {
  return known === undefined || found.some(({ id }) => id === known.id) ? found : [known, ...found]
}

interface OptionProps {
  readonly name: string
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly children: ReactNode
}

function Option({ name, isChosen, onChoose, children }: OptionProps) {
  return (
    <label className="flex min-h-9 min-w-0 items-center gap-2 rounded px-2 hover:bg-raised">
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      <span className="min-w-0 truncate">{children}</span>
    </label>
  )
}
