/** The fields that the forms of all master data have. */

import { Field } from './field.tsx'
import type { FormState } from './record-form.tsx'

export interface CommonDraft {
  readonly name: string
  readonly externalKey: string
  readonly description: string
  readonly isActive: boolean
}

interface Common {
  readonly name: string
  readonly external_key: string
  readonly description: string | null
  readonly is_active: boolean
}

export function commonDraft(record: Common | null): CommonDraft {
  return {
    name: record?.name ?? '',
    externalKey: record?.external_key ?? '',
    description: record?.description ?? '',
    isActive: record?.is_active ?? true,
  }
}

/** A key that was left out is undefined: the API makes one. */
export function commonBody({ name, externalKey, description, isActive }: CommonDraft) {
  return {
    ...(externalKey.trim() === '' ? {} : { external_key: externalKey.trim() }),
    ...{ name: name.trim(), description: description === '' ? null : description, is_active: isActive },
  }
}

export const commonLabels = {
  name: 'Name',
  external_key: 'Key',
  description: 'Description',
  is_active: 'Active',
} as const

interface Props<D extends CommonDraft> {
  readonly form: FormState<D>
  readonly keyHint: string
  readonly isKeyFixed?: boolean
}

export function NameAndKey<D extends CommonDraft>({ form, keyHint, isKeyFixed = false }: Props<D>) {
  const { draft, set, problemOf } = form
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        problem={problemOf('name')}
        onChange={(name) => set({ name } as Partial<D>)}
      />
      <TextField
        label="Key"
        hint={keyHint}
        value={draft.externalKey}
        isReadOnly={isKeyFixed}
        problem={problemOf('external_key')}
        onChange={(externalKey) => set({ externalKey } as Partial<D>)}
      />
    </>
  )
}

export function DescriptionAndState<D extends CommonDraft>({
  form: { draft, set, problemOf },
  activeHint,
}: {
  readonly form: FormState<D>
  readonly activeHint: string
}) {
  return (
    <>
      <Field label="Description" problem={problemOf('description')}>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            dir="auto"
            value={draft.description}
            onChange={({ target }) => set({ description: target.value } as Partial<D>)}
          />
        )}
      </Field>
      <CheckField
        label="Active"
        hint={activeHint}
        isChecked={draft.isActive}
        onChange={(isActive) => set({ isActive } as Partial<D>)}
      />
    </>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
  readonly hint?: string | undefined
  readonly problem?: string | undefined
  readonly isReadOnly?: boolean
  readonly inputMode?: 'decimal' | 'numeric' | undefined
  /** Values that are offered, and not the only ones. */
  readonly offers?: readonly string[] | undefined
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, hint, problem, isReadOnly = false, inputMode, offers } = props
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <>
          <input
            {...control}
            dir="auto"
            autoComplete="off"
            readOnly={isReadOnly}
            inputMode={inputMode}
            list={offers === undefined ? undefined : `${control.id}-offers`}
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
          {offers !== undefined && (
            <datalist id={`${control.id}-offers`}>
              {offers.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  )
}

interface CheckFieldProps {
  readonly label: string
  readonly hint: string
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}

export function CheckField({ label, hint, isChecked, onChange }: CheckFieldProps) {
  return (
    <label className="flex min-h-9 items-start gap-2">
      <input
        type="checkbox"
        className="mt-1.5"
        checked={isChecked}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span>
        <span className="font-medium">{label}</span>
        <span className="block text-muted text-sm">{hint}</span>
      </span>
    </label>
  )
}

interface SelectFieldProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly options: readonly (readonly [V, string])[]
  readonly onChange: (value: V) => void
  readonly hint?: string | undefined
  readonly problem?: string | undefined
  readonly isDisabled?: boolean
}

export function SelectField<V extends string>({
  label,
  value,
  options,
  onChange,
  hint,
  problem,
  isDisabled = false,
}: SelectFieldProps<V>) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <select
          {...control}
          disabled={isDisabled}
          value={value}
          onChange={({ target }) => onChange(options.find(([each]) => each === target.value)?.[0] ?? value)}
        >
          {options.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
