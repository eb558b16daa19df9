/** Makes an unknown tag the tag of an asset: of one that is there, or of a new one. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { RecordChoice } from '../../parts/record-choice.tsx'
import { SelectField, TextField } from '../../parts/record-fields.tsx'
import { Failure } from '../../parts/states.tsx'
import { tagTypes, typeOf } from '../../parts/tag-types.ts'
import { useAnnounce } from '../../shell/announcements.tsx'

interface Props {
  readonly tag: Model<'UnknownTag'>
  readonly onClose: () => void
}

const fieldsShown: ReadonlySet<string> = new Set(['name', 'external_key'])

export function RegisterDialog({ tag, onClose }: Props) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const announce = useAnnounce()
  const [type, setType] = useState(typeOf(tag))
  const [choice, setChoice] = useState<number | null>(null)
  const [name, setName] = useState('')
  const [key, setKey] = useState('')
  const saving = useMutation({
    mutationFn: async () => {
      const body = { tag_type: type, value: tag.value }
      if (choice === null) {
        const externalKey = key.trim() === '' ? {} : { external_key: key.trim() }
        return (
          await dataOf(
            api.POST('/api/v1/assets', { body: { name: name.trim(), ...externalKey, tags: [body] } }),
          )
        ).id
      }
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
  const problems = saving.error instanceof ApiProblem ? saving.error.fields : []
  const problemOf = (field: string): string | undefined =>
    problems.find((each) => each.field === field)?.message
  const isElsewhere = problems.length === 0 || problems.some(({ field }) => !fieldsShown.has(field))
  const save = (event: FormEvent): void => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <Dialog title="Whose tag is it?" onClose={onClose}>
      <form onSubmit={save} noValidate className="grid gap-4">
        <p className="break-all">
          <bdi className="font-mono">{tag.value}</bdi>
        </p>
        <SelectField label="Kind of tag" value={type} options={tagTypes} onChange={setType} />
        <RecordChoice
          legend="Asset"
          none="A new asset"
          chosen={choice}
          onChoose={setChoice}
          queryKey={['assets']}
          find={(q, limit) =>
            dataOf(
              api.GET('/api/v1/assets', {
                params: { query: { limit, sort: 'name', is_active: true, ...(q === '' ? {} : { q }) } },
              }),
            )
          }
        />
        {choice === null && (
          <>
            <TextField
              label="Name of the new asset"
              value={name}
              problem={problemOf('name')}
              onChange={setName}
            />
            <TextField
              label="Key of the new asset"
              hint="Without one it gets ASSET-0001 and so on."
              value={key}
              problem={problemOf('external_key')}
              onChange={setKey}
            />
          </>
        )}
        {saving.isError && isElsewhere && <Failure error={saving.error} />}
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
