/** A location is made, changed, deleted. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { DeleteDialog } from '../../parts/delete-dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { type Choosable, RecordChoice } from '../../parts/record-choice.tsx'
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
import { findLocations } from './location-queries.ts'
import { projectFences, sayMeters } from './project-fences.ts'
import { type FenceDraft, fenceDraft, fenceOf, fenceSoFar } from './write-fence.ts'

type Location = Model<'Location'>

interface Draft extends CommonDraft {
  readonly parentId: number | null
  readonly fence: FenceDraft
}

interface FormProps {
  /** Null: a new one. */
  readonly location: Location | null
  /** Of a new one: where it begins. Of one that is there: what it lies in, if that is known by name. */
  readonly parent?: Choosable | undefined
  readonly onClose: () => void
}

export function LocationForm({ location, parent, onClose }: FormProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const path = (id: number) => ({ params: { path: { location_id: id } } })
  return (
    <RecordForm
      title={location === null ? 'New location' : 'Edit the location'}
      submit={location === null ? 'Make the location' : 'Save'}
      done={location === null ? 'The location is there.' : 'Saved.'}
      record={location}
      draftOf={(record: Location | null): Draft => ({
        ...commonDraft(record),
        parentId: record === null ? (parent?.id ?? null) : record.parent_id,
        fence: fenceDraft(record?.geofence ?? null),
      })}
      bodyOf={(draft) => ({
        ...commonBody(draft),
        parent_id: draft.parentId,
        geofence: fenceOf(draft.fence),
      })}
      labels={{ ...commonLabels, parent_id: 'Lies in (number)', geofence: 'Geofence' }}
      create={(body) => dataOf(api.POST('/api/v1/locations', { body: body as { name: string } }))}
      update={async ({ id }, { external_key: key, ...patch }, keep) => {
        const saved = await dataOf(api.PATCH('/api/v1/locations/{location_id}', { ...path(id), body: patch }))
        if (typeof key !== 'string') return saved
        keep(saved)
        return await dataOf(
          api.POST('/api/v1/locations/{location_id}/rename', { ...path(id), body: { external_key: key } }),
        )
      }}
      reload={({ id }) => dataOf(api.GET('/api/v1/locations/{location_id}', path(id)))}
      onSaved={async ({ id }) => {
        await queries.invalidateQueries({ queryKey: ['locations'] })
        await queries.invalidateQueries({ queryKey: ['location-counts'] })
        onClose()
        if (location === null) await navigate({ to: `/locations/${id}` })
      }}
      onClose={onClose}
    >
      {(form) => <LocationFields form={form} location={location} parent={parent} />}
    </RecordForm>
  )
}

interface FieldsProps {
  readonly form: FormState<Draft>
  readonly location: Location | null
  readonly parent: Choosable | undefined
}

function LocationFields({ form, location, parent }: FieldsProps) {
  const { draft, set, problemOf } = form
  return (
    <>
      <NameAndKey
        form={form}
        keyHint={
          location === null
            ? 'What your systems call it: letters, digits and hyphens. Without one it gets a number.'
            : 'What your systems call it. Events that come later name the new key.'
        }
      />
      <RecordChoice
        legend="Lies in"
        none="None: it is at the top"
        chosen={draft.parentId}
        known={parent}
        problem={problemOf('parent_id')}
        onChoose={(parentId) => set({ parentId })}
        queryKey={['locations']}
        find={async (q, max) => (await findLocations(q, max)).filter(({ id }) => id !== location?.id)}
      />
      <FenceFields form={form} name={draft.name} />
      <DescriptionAndState
        form={form}
        activeHint="The geofence of a location that is not active places nothing, and new readers are not offered it."
      />
    </>
  )
}

const fenceTypes = [
  ['none', 'none: it is known by its readers'],
  ['circle', 'a circle'],
  ['polygon', 'a polygon'],
] as const

const fenceParts = ['latitude', 'longitude', 'radius_m', 'points'] as const

function FenceFields({ form, name }: { readonly form: FormState<Draft>; readonly name: string }) {
  const { draft, set, problemOf } = form
  const change = (to: Partial<FenceDraft>): void => set({ fence: { ...draft.fence, ...to } })
  const { type, latitude, longitude, radius, corners } = draft.fence
  // Of one that stands next to its own field nothing is said again.
  const isNamed = fenceParts.some((part) => problemOf(`geofence.${part}`) !== undefined)
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="font-medium">Geofence</legend>
      <SelectField
        label="Shape"
        hint="Places assets that tell where they are by GPS."
        value={type}
        options={fenceTypes}
        onChange={(next) => change({ type: next })}
      />
      {type === 'circle' && (
        <div className="grid gap-3 sm:grid-cols-3">
          <TextField
            label="Latitude"
            inputMode="decimal"
            value={latitude}
            problem={problemOf('geofence.latitude')}
            onChange={(text) => change({ latitude: text })}
          />
          <TextField
            label="Longitude"
            inputMode="decimal"
            value={longitude}
            problem={problemOf('geofence.longitude')}
            onChange={(text) => change({ longitude: text })}
          />
          <TextField
            label="Radius in m"
            inputMode="decimal"
            value={radius}
            problem={problemOf('geofence.radius_m')}
            onChange={(text) => change({ radius: text })}
          />
        </div>
      )}
      {type === 'polygon' && (
        <Field
          label="Corners"
          hint="One a line, latitude and longitude, in order around it: 52.5200, 13.4050"
          problem={problemOf('geofence.points')}
        >
          {(control) => (
            <textarea
              {...control}
              rows={5}
              className={`${control.className} font-mono text-sm`}
              value={corners}
              onChange={({ target }) => change({ corners: target.value })}
            />
          )}
        </Field>
      )}
      {type !== 'none' && (
        <FencePreview draft={draft.fence} name={name} problem={isNamed ? undefined : problemOf('geofence')} />
      )}
    </fieldset>
  )
}

interface PreviewProps {
  readonly draft: FenceDraft
  readonly name: string
  readonly problem: string | undefined
}

const [previewWidth, previewHeight] = [480, 220]

function FencePreview({ draft, name, problem }: PreviewProps) {
  const fence = fenceSoFar(draft)
  const drawing =
    fence === null
      ? null
      : projectFences([{ id: 0, name, geofence: { ...fence } }], previewWidth, previewHeight)
  const [shape] = drawing?.shapes ?? []
  return (
    <>
      {problem !== undefined && (
        <p role="alert" className="text-bad text-sm">
          {problem}
        </p>
      )}
      {drawing === null || shape === undefined ? (
        <p className="text-muted text-sm">It is drawn here as soon as its numbers are complete.</p>
      ) : (
        <figure>
          <svg
            viewBox={`0 0 ${drawing.width} ${drawing.height.toFixed(0)}`}
            aria-hidden="true"
            className="h-auto w-full rounded border border-line bg-raised"
          >
            {shape.kind === 'circle' ? (
              <circle
                cx={shape.x}
                cy={shape.y}
                r={shape.radius}
                className="fill-accent-soft stroke-accent"
                strokeWidth="2"
              />
            ) : (
              <polygon points={shape.points} className="fill-accent-soft stroke-accent" strokeWidth="2" />
            )}
            <path
              d={`M12 ${drawing.height - 14}v6h${drawing.scaleLength.toFixed(1)}v-6`}
              className="fill-none stroke-text"
              strokeWidth="1.5"
            />
          </svg>
          <figcaption className="mt-1 text-muted text-sm">
            {fence?.type === 'circle'
              ? `A circle, ${sayMeters(fence.radius_m * 2)} across.`
              : `A polygon with ${fence?.points.length ?? 0} corners.`}{' '}
            North is up; the bar is {sayMeters(drawing.scaleM)}.
          </figcaption>
        </figure>
      )}
    </>
  )
}

interface DeleteProps {
  readonly location: Location
  readonly childCount: number
  readonly onClose: () => void
}

export function DeleteLocation({ location, childCount, onClose }: DeleteProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { id, name } = location
  return (
    <DeleteDialog
      title="Delete the location?"
      submit="Delete location"
      done="The location is deleted."
      remove={() =>
        bodyOf(api.DELETE('/api/v1/locations/{location_id}', { params: { path: { location_id: id } } }))
      }
      onRemoved={async () => {
        await navigate({ to: '/locations' })
        await queries.invalidateQueries({ queryKey: ['locations'] })
        await queries.invalidateQueries({ queryKey: ['location-counts'] })
      }}
      onClose={onClose}
    >
      {childCount > 0 && (
        <p className="font-medium text-warn">
          {childCount === 1 ? 'A location lies' : `${childCount} locations lie`} inside of it: delete or move
          {childCount === 1 ? ' that' : ' those'} first. Until then it is refused.
        </p>
      )}
      <p>
        <bdi className="font-medium">{name}</bdi> leaves all lists. Readers that watch it watch no location
        then, and assets that are there count as seen at no location.
      </p>
      <p>Events that happened there stay in the log, and name it as they did.</p>
    </DeleteDialog>
  )
}
