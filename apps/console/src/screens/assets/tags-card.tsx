/** The tags on an asset; one more, one less. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Card } from '../../parts/page.tsx'
import { Failure } from '../../parts/states.tsx'
import { tagTypes, typeOf } from '../../parts/tag-types.ts'
import { useAnnounce } from '../../shell/announcements.tsx'
import { useFocusRescue } from '../../shell/use-focus-rescue.ts'

type Asset = Model<'Asset'>
type Tag = Model<'Tag'>

const kindWords: ReadonlyMap<string, string> = new Map(tagTypes)

export function TagsCard({ asset }: { readonly asset: Asset }) {
  const mayWrite = useMay('assets:write') && asset.deleted_at === null
  const [leaving, setLeaving] = useState<Tag | null>(null)
  useFocusRescue()
  return (
    <Card title="Tags">
      {asset.tags.length === 0 ? (
        <p className="text-muted">None: no reader can see this asset.</p>
      ) : (
        <ul className="grid gap-2">
          {asset.tags.map((tag) => (
            <li key={tag.id} className="flex items-center justify-between gap-3">
              <span className="min-w-0">
                <bdi className="block break-all font-mono text-sm">{tag.value}</bdi>
                <span className="text-muted text-sm">
                  {kindWords.get(tag.tag_type) ?? tag.tag_type}
                  {tag.is_active ? '' : ', inactive'}
                </span>
              </span>
              {mayWrite && (
                <Button kind="quiet" onClick={() => setLeaving(tag)} aria-label={`Remove tag ${tag.value}`}>
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayWrite && <AddTag assetId={asset.id} />}
      {leaving !== null && <RemoveTag asset={asset} tag={leaving} onClose={() => setLeaving(null)} />}
    </Card>
  )
}

function AddTag({ assetId }: { readonly assetId: number }) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const [kind, setKind] = useState<Tag['tag_type']>('rfid')
  const [value, setValue] = useState('')
  const adding = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/assets/{asset_id}/tags', {
          params: { path: { asset_id: assetId } },
          body: { tag_type: kind, value: value.trim() },
        }),
      ),
    onSuccess: async () => {
      setValue('')
      announce.done('The tag is on the asset.')
      await queries.invalidateQueries({ queryKey: ['assets'] })
    },
  })
  const add = (event: FormEvent): void => {
    event.preventDefault()
    adding.mutate()
  }
  return (
    <form onSubmit={add} className="mt-4 grid gap-3 border-line border-t pt-4">
      <Field label="Kind of tag">
        {(control) => (
          <select
            {...control}
            value={kind}
            onChange={({ target }) => setKind(typeOf({ tag_type: target.value }))}
          >
            {tagTypes.map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Value"
        problem={adding.isError ? problemOf(adding.error) : undefined}
        hint="As the reader tells it. Case, blanks and leading zeros make no difference."
      >
        {(control) => (
          <input
            {...control}
            required
            value={value}
            dir="auto"
            autoComplete="off"
            onChange={({ target }) => setValue(target.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" isBusy={adding.isPending}>
          Add tag
        </Button>
      </div>
    </form>
  )
}

function problemOf(error: Error): string {
  const field = error instanceof ApiProblem ? error.fields.find((each) => each.field === 'value') : undefined
  return field?.message ?? error.message
}

interface RemoveProps {
  readonly asset: Asset
  readonly tag: Tag
  readonly onClose: () => void
}

function RemoveTag({ asset, tag, onClose }: RemoveProps) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const removing = useMutation({
    mutationFn: () =>
      bodyOf(
        api.DELETE('/api/v1/assets/{asset_id}/tags/{tag_id}', {
          params: { path: { asset_id: asset.id, tag_id: tag.id } },
        }),
      ),
    onSuccess: async () => {
      announce.done('The tag is off the asset.')
      onClose()
      await queries.invalidateQueries({ queryKey: ['assets'] })
    },
  })
  return (
    <Dialog title="Remove the tag?" onClose={onClose}>
      <p className="break-all">
        What readers see of <bdi className="font-mono">{tag.value}</bdi> no longer counts for{' '}
        <bdi>{asset.name}</bdi>. Its history stays.
      </p>
      {removing.isError && <Failure error={removing.error} />}
      <div className="mt-4 flex gap-2">
        <Button kind="danger" isBusy={removing.isPending} onClick={() => removing.mutate()}>
          Remove tag
        </Button>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </Dialog>
  )
}
