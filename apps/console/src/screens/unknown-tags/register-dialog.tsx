/** Makes an unknown tag the tag of an asset: of one that is there, or of a new one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useDeferredValue, useId, useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { controlLook, Field } from '../../parts/field.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { tagTypes, typeOf } from './type-of.ts'

interface Props {
  readonly tag: Model<'UnknownTag'>
  readonly onClose: () => void
}

/** What fits into the dialog; whoever wants another one types more of its name. */
const foundMax = 8

export function RegisterDialog({ tag, onClose }: Props) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const announce = useAnnounce()
  const [type, setType] = useState(typeOf(tag))
  const [choice, setChoice] = useState<number | 'new'>('new')
  const [name, setName] = useState('')
  const saving = useMutation({
    mutationFn: async () => {
      const body = { tag_type: type, value: tag.value }
      if (choice === 'new')
        return (await dataOf(api.POST('/api/v1/assets', { body: { name: name.trim(), tags: [body] } }))).id
      await dataOf(
        api.POST('/api/v1/assets/{asset_id}/tags', { params: { path: { asset_id: choice } }, body }),
      )
      return choice
    },
    onSuccess: async (assetId) => {
      announce.done('The tag is registered: what readers see of it counts from now on.')
      await queries.invalidateQueries({ queryKey: ['unknown-tags'] })
      await queries.invalidateQueries({ queryKey: ['assets'] })
      await navigate({ to: `/assets/${assetId}` })
    },
  })
  const save = (event: FormEvent): void => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <Dialog title="Whose tag is it?" onClose={onClose}>
      <form onSubmit={save} className="grid gap-4">
        <p className="break-all">
          <bdi className="font-mono">{tag.value}</bdi>
        </p>
        <Field label="Kind of tag">
          {(control) => (
            <select
              {...control}
              value={type}
              onChange={({ target }) => setType(typeOf({ tag_type: target.value }))}
            >
              {tagTypes.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        <AssetChoice choice={choice} onChoose={setChoice} />
        {choice === 'new' && (
          <Field label="Name of the new asset">
            {(control) => (
              <input
                {...control}
                required
                maxLength={255}
                dir="auto"
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
        )}
        {saving.isError && <Failure error={saving.error} />}
        <div className="flex gap-2">
          <Button type="submit" kind="primary" isBusy={saving.isPending}>
            Register
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}

interface ChoiceProps {
  readonly choice: number | 'new'
  readonly onChoose: (choice: number | 'new') => void
}

function AssetChoice({ choice, onChoose }: ChoiceProps) {
  const searchId = useId()
  const [text, setText] = useState('')
  const q = useDeferredValue(text.trim())
  const query = useQuery({
    queryKey: ['assets', 'choice', q],
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/assets', {
          params: { query: { limit: foundMax, sort: 'name', is_active: true, ...(q === '' ? {} : { q }) } },
        }),
      ),
    placeholderData: (before) => before,
  })
  return (
    <fieldset className="grid gap-1">
      <legend className="font-medium">Asset</legend>
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
      <Option isChosen={choice === 'new'} onChoose={() => onChoose('new')}>
        A new asset
      </Option>
      <Loaded query={query} what="the assets">
        {(assets) => (
          <>
            {assets.map(({ id, name, external_key: key }) => (
              <Option key={id} isChosen={choice === id} onChoose={() => onChoose(id)}>
                <bdi>{name}</bdi> (<bdi>{key}</bdi>)
              </Option>
            ))}
          </>
        )}
      </Loaded>
    </fieldset>
  )
}

interface OptionProps {
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly children: ReactNode
}

function Option({ isChosen, onChoose, children }: OptionProps) {
  return (
    <label className="flex min-h-9 items-center gap-2 rounded px-2 hover:bg-raised">
      <input type="radio" name="asset" checked={isChosen} onChange={onChoose} />
      <span className="min-w-0 truncate">{children}</span>
    </label>
  )
}
