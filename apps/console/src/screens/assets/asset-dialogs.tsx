/** An asset is made, changed, deleted. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ApiProblem, api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { DeleteDialog } from '../../parts/delete-dialog.tsx'
import { Field } from '../../parts/field.tsx'
import {
  type CommonDraft,
  commonBody,
  commonDraft,
  commonLabels,
  DescriptionAndState,
  NameAndKey,
  SelectField,
  TextField,
} from '../../parts/record-fields.tsx'
import { type FormState, RecordForm } from '../../parts/record-form.tsx'
import { tagTypes } from '../../parts/tag-types.ts'
import { type MetadataText, readMetadata } from './read-metadata.ts'

type Asset = Model<'Asset'>
type TagType = Model<'Tag'>['tag_type']

interface DraftTag {
  readonly type: TagType
  readonly value: string
}

interface Draft extends CommonDraft {
  readonly metadata: MetadataText
  /** Of a new asset; those of one that is there have a card of their own. */
  readonly tags: readonly DraftTag[]
}

function draftOf(asset: Asset | null): Draft {
  const metadata = asset?.metadata ?? {}
  return {
    ...commonDraft(asset),
    metadata: Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata, null, 2),
    tags: asset === null ? [{ type: 'rfid', value: '' }] : [],
  }
}

function bodyOfDraft(draft: Draft) {
  const metadata = readMetadata(draft.metadata)
  if (metadata === null) {
    const message = 'must be a JSON object, like {"colour": "red"}'
    throw new ApiProblem(400, `metadata ${message}`, {
      fields: [{ field: 'metadata', code: 'invalid_value', message }],
    })
  }
  const tags = draft.tags
    .filter(({ value }) => value.trim() !== '')
    .map(({ type, value }) => ({ tag_type: type, value: value.trim() }))
  return { ...commonBody(draft), metadata, ...(tags.length === 0 ? {} : { tags }) }
}

interface FormProps {
  /** Null: a new one. */
  readonly asset: Asset | null
  readonly onClose: () => void
}

export function AssetForm({ asset, onClose }: FormProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const path = (id: number) => ({ params: { path: { asset_id: id } } })
  return (
    <RecordForm
      title={asset === null ? 'New asset' : 'Edit the asset'}
      submit={asset === null ? 'Make the asset' : 'Save'}
      done={asset === null ? 'The asset is there.' : 'Saved.'}
      record={asset}
      draftOf={draftOf}
      bodyOf={bodyOfDraft}
      labels={{ ...commonLabels, metadata: 'Metadata', tags: 'Tags' }}
      create={(body) => dataOf(api.POST('/api/v1/assets', { body: body as { name: string } }))}
      update={async ({ id }, { external_key: key, ...patch }, keep) => {
        const saved = await dataOf(api.PATCH('/api/v1/assets/{asset_id}', { ...path(id), body: patch }))
        if (typeof key !== 'string') return saved
        keep(saved)
        return await dataOf(
          api.POST('/api/v1/assets/{asset_id}/rename', { ...path(id), body: { external_key: key } }),
        )
      }}
      reload={({ id }) => dataOf(api.GET('/api/v1/assets/{asset_id}', path(id)))}
      onSaved={async ({ id }) => {
        await queries.invalidateQueries({ queryKey: ['assets'] })
        onClose()
        if (asset === null) await navigate({ to: `/assets/${id}` })
      }}
      onClose={onClose}
    >
      {(form) => <AssetFields form={form} isNew={asset === null} />}
    </RecordForm>
  )
}

interface FieldsProps {
  readonly form: FormState<Draft>
  readonly isNew: boolean
}

function AssetFields({ form, isNew }: FieldsProps) {
  const { draft, set, problemOf } = form
  return (
    <>
      <NameAndKey
        form={form}
        keyHint={
          isNew
            ? 'What your systems call it: letters, digits and hyphens. Without one it gets ASSET-0001 and so on.'
            : 'What your systems call it. Events that come later name the new key.'
        }
      />
      {isNew && <TagFields form={form} />}
      <DescriptionAndState form={form} activeHint="Reads of an asset that is not active lead to no events." />
      <Field label="Metadata" hint="A JSON object, which events carry along." problem={problemOf('metadata')}>
        {(control) => (
          <textarea
            {...control}
            rows={3}
            spellCheck={false}
            className={`${control.className} font-mono text-sm`}
            value={draft.metadata}
            onChange={({ target }) => set({ metadata: target.value })}
          />
        )}
      </Field>
    </>
  )
}

function TagFields({ form: { draft, set, problemOf } }: { readonly form: FormState<Draft> }) {
  const change = (index: number, to: Partial<DraftTag>): void =>
    set({ tags: draft.tags.map((tag, each) => (each === index ? { ...tag, ...to } : tag)) })
  return (
    <fieldset className="grid gap-2">
      <legend className="font-medium">Tags</legend>
      {draft.tags.map((tag, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has nothing else that it is known by
        <div key={index} className="grid gap-2 sm:grid-cols-[11rem_1fr]">
          <SelectField
            label={`Kind of tag ${index + 1}`}
            value={tag.type}
            options={tagTypes}
            onChange={(type) => change(index, { type })}
          />
          <TextField
            label={`Value of tag ${index + 1}`}
            value={tag.value}
            problem={problemOf(`tags.${index}`) ?? (index === 0 ? problemOf('tags') : undefined)}
            onChange={(value) => change(index, { value })}
          />
        </div>
      ))}
      <div>
        <Button onClick={() => set({ tags: [...draft.tags, { type: 'rfid', value: '' }] })}>
          One more tag
        </Button>
      </div>
    </fieldset>
  )
}

interface DeleteProps {
  readonly asset: Asset
  readonly onClose: () => void
}

export function DeleteAsset({ asset, onClose }: DeleteProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { id, name, tags } = asset
  return (
    <DeleteDialog
      title="Delete the asset?"
      submit="Delete asset"
      done="The asset is deleted."
      remove={() => bodyOf(api.DELETE('/api/v1/assets/{asset_id}', { params: { path: { asset_id: id } } }))}
      onRemoved={async () => {
        await navigate({ to: '/assets' })
        await queries.invalidateQueries({ queryKey: ['assets'] })
      }}
      onClose={onClose}
    >
      <p>
        <bdi className="font-medium">{name}</bdi> leaves all lists, and is counted nowhere any more.
      </p>
      <p>
        {tags.length === 0
          ? 'It has no tags.'
          : `Its ${tags.length === 1 ? 'tag is' : `${tags.length} tags are`} free again: what readers see of ${tags.length === 1 ? 'it' : 'them'} stands under Unknown tags until ${tags.length === 1 ? 'it is' : 'they are'} registered to another asset.`}
      </p>
      <p>
        Events that happened stay in the log and are still delivered. There is no way back but to make it
        anew.
      </p>
    </DeleteDialog>
  )
}
