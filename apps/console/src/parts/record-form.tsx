/**
 * The form of one record in a dialog, for a new one and for one that is there. What the API says of a field stands next to it.
 * Of a record that somebody else changed meanwhile nothing is overwritten unseen: the version that the form began with goes along
 * (`updated_at`, which the API refuses when it is not the current one), and what changed is shown.
 */
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiProblem } from '../api/api.ts'
import { useAnnounce } from '../shell/announcements.tsx'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { differencesBetween, patchBetween } from './merge-changes.ts'
import { OthersChanges } from './others-changes.tsx'
import { Failure } from './states.tsx'

type Fields = Readonly<Record<string, unknown>>

interface Versioned {
  readonly updated_at: string
}

/** What is wrong with the named field or something in it; undefined: nothing. */
export type ProblemOf = (field: string) => string | undefined

interface RecordFormProps<T extends Versioned, D> {
  readonly title: string
  /** "Make the asset", "Save". */
  readonly submit: string
  /** What is said when it is done. */
  readonly done: string
  /** Null: a new one. */
  readonly record: T | null
  readonly draftOf: (record: T | null) => D
  /** The fields that a POST takes. Throws an ApiProblem for what cannot be sent at all. */
  readonly bodyOf: (draft: D) => Fields
  /** Fields that the form shows, by their name in the API: their problems stand next to them, and what others changed in them is told. */
  readonly labels: Readonly<Record<string, string>>
  readonly create: (body: Fields) => Promise<T>
  /** `keep` is told of what is saved already when it takes several requests, of which a later one may fail. */
  readonly update: (record: T, patch: Fields, keep: (record: T) => void) => Promise<T>
  /** The record as it is now. */
  readonly reload: (record: T) => Promise<T>
  readonly onSaved: (record: T) => void | Promise<void>
  readonly onClose: () => void
  readonly children: (form: FormState<D>) => ReactNode
}

export interface FormState<D> {
  readonly draft: D
  readonly set: (change: Partial<D>) => void
  readonly problemOf: ProblemOf
}

export function RecordForm<T extends Versioned, D>(props: RecordFormProps<T, D>) {
  const { title, submit, done, record, draftOf, bodyOf, labels, onClose } = props
  const announce = useAnnounce()
  const form = useRef<HTMLFormElement>(null)
  const [base, setBase] = useState(record)
  const [draft, setDraft] = useState(() => draftOf(record))
  const [theirs, setTheirs] = useState<T | null>(null)
  const saving = useMutation({
    mutationFn: async (version: T | null) => {
      const body = bodyOf(draft)
      if (base === null || version === null) return await props.create(body)
      // What this person changed, seen from where he began: what others changed elsewhere stays.
      const patch = patchBetween(bodyOf(draftOf(base)), body)
      if (Object.keys(patch).length === 0) return version
      return await props.update(version, { ...patch, updated_at: version.updated_at }, (saved) => {
        setBase(saved)
        setTheirs(null)
      })
    },
    onSuccess: async (saved) => {
      announce.done(done)
      await props.onSaved(saved)
    },
    onError: async (error) => {
      if (base === null || !isStale(error)) return
      setTheirs(await props.reload(base).catch(() => null))
    },
  })
  const problems = saving.error instanceof ApiProblem ? saving.error.fields : []
  const problemOf: ProblemOf = (field) => {
    const found = problems.find((each) => each.field === field || each.field.startsWith(`${field}.`))
    return found === undefined ? undefined : `${nameOfPart(found.field, field)}${found.message}`
  }
  const save = (event: FormEvent): void => {
    event.preventDefault()
    saving.mutate(theirs ?? base)
  }
  // To the first field that is wrong: whoever can't see where that is, is led there.
  useEffect(() => {
    if (saving.isError) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [saving.isError])
  const content = props.children({
    draft,
    set: (change) => setDraft((before) => ({ ...before, ...change })),
    problemOf,
  })
  const isElsewhere =
    problems.length === 0 || problems.some(({ field }) => !isNamed(field, Object.keys(labels)))
  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} onSubmit={save} noValidate className="grid gap-4">
        {content}
        {theirs !== null && base !== null ? (
          <OthersChanges
            differences={differencesBetween(bodyOf(draftOf(base)), bodyOf(draftOf(theirs)), labels)}
            onTakeTheirs={() => {
              setDraft(draftOf(theirs))
              setBase(theirs)
              setTheirs(null)
              saving.reset()
            }}
          />
        ) : (
          saving.isError && isElsewhere && <Failure error={saving.error} />
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" kind="primary" isBusy={saving.isPending}>
            {theirs === null ? submit : 'Save mine over it'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}

/** The version that went along is not the current one. */
function isStale(error: unknown): boolean {
  return (
    error instanceof ApiProblem &&
    error.fields.some(({ field, code }) => field === 'updated_at' && code === 'read_only')
  )
}

function isNamed(field: string, named: readonly string[]): boolean {
  return named.some((each) => field === each || field.startsWith(`${each}.`))
}

/** "tags.0.value" of "tags" is "tag 1, value: "; of the field itself it is nothing. */
function nameOfPart(path: string, field: string): string {
  if (path === field) return ''
  const parts = path.slice(field.length + 1).split('.')
  return `${parts.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part)).join(', ')}: `
}
