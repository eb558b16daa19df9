/** Readers and their antennas are made, changed, deleted. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ApiProblem, api, bodyOf, dataOf } from '../../api/api.ts'
import { DeleteDialog } from '../../parts/delete-dialog.tsx'
import { type Choosable, RecordChoice } from '../../parts/record-choice.tsx'
import {
  CheckField,
  type CommonDraft,
  commonBody,
  commonDraft,
  commonLabels,
  DescriptionAndState,
  NameAndKey,
  SelectField,
  TextField,
} from '../../parts/record-fields.tsx'
import { RecordForm } from '../../parts/record-form.tsx'
import { findLocations } from '../locations/location-queries.ts'
import type { Antenna, Reader } from './reader-queries.ts'

/** Examples: the type is a word of one's own, by which readers are told apart. */
const knownTypes = ['csl_cs463', 'gl_s10', 'moko_mk107', 'impinj_r700', 'zebra_fx9600']

interface ReaderDraft extends CommonDraft {
  readonly type: string
}

interface ReaderFormProps {
  /** Null: a new one. */
  readonly reader: Reader | null
  readonly onClose: () => void
}

export function ReaderForm({ reader, onClose }: ReaderFormProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const path = (id: number) => ({ params: { path: { scan_device_id: id } } })
  return (
    <RecordForm
      title={reader === null ? 'New reader' : 'Edit the reader'}
      submit={reader === null ? 'Make the reader' : 'Save'}
      done={reader === null ? 'The reader is there.' : 'Saved.'}
      record={reader}
      draftOf={(record: Reader | null): ReaderDraft => ({ ...commonDraft(record), type: record?.type ?? '' })}
      bodyOf={(draft) => ({ ...commonBody(draft), type: draft.type.trim() })}
      labels={{ ...commonLabels, type: 'Type' }}
      create={(body) =>
        dataOf(
          api.POST('/api/v1/scan-devices', {
            body: body as { name: string; type: string; external_key: string },
          }),
        )
      }
      update={({ id }, patch) =>
        dataOf(api.PATCH('/api/v1/scan-devices/{scan_device_id}', { ...path(id), body: patch }))
      }
      reload={({ id }) => dataOf(api.GET('/api/v1/scan-devices/{scan_device_id}', path(id)))}
      onSaved={async ({ id }) => {
        await queries.invalidateQueries({ queryKey: ['readers'] })
        onClose()
        if (reader === null) await navigate({ to: `/readers/${id}` })
      }}
      onClose={onClose}
    >
      {(form) => (
        <>
          <NameAndKey
            form={form}
            isKeyFixed={reader !== null}
            keyHint={
              reader === null
                ? 'As it calls itself in its messages: a serial number, a MAC address, a host name. It can’t be changed later.'
                : 'Its messages name it so; a reader with another key is another reader.'
            }
          />
          <TextField
            label="Type"
            hint="Lower-case letters, digits, _ and -."
            offers={knownTypes}
            value={form.draft.type}
            problem={form.problemOf('type')}
            onChange={(type) => form.set({ type })}
          />
          <DescriptionAndState form={form} activeHint="What a reader that is not active sees is left out." />
        </>
      )}
    </RecordForm>
  )
}

interface DeleteReaderProps {
  readonly reader: Reader
  readonly antennaCount: number
  readonly onClose: () => void
}

export function DeleteReader({ reader, antennaCount, onClose }: DeleteReaderProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <DeleteDialog
      title="Delete the reader?"
      submit="Delete reader"
      done="The reader is deleted."
      remove={() =>
        bodyOf(
          api.DELETE('/api/v1/scan-devices/{scan_device_id}', {
            params: { path: { scan_device_id: reader.id } },
          }),
        )
      }
      onRemoved={async () => {
        await navigate({ to: '/readers' })
        await queries.invalidateQueries({ queryKey: ['readers'] })
      }}
      onClose={onClose}
    >
      <p>
        What <bdi className="font-medium">{reader.name}</bdi> sends from now on is refused, as of a reader
        that nobody knows.{' '}
        {antennaCount > 0 &&
          (antennaCount === 1
            ? 'Its antenna is deleted with it.'
            : `Its ${antennaCount} antennas are deleted with it.`)}
      </p>
      <p>Where assets are stays as it is until another reader sees them, or their time there is over.</p>
    </DeleteDialog>
  )
}

type Kind = Antenna['kind']

const kinds: readonly (readonly [Kind, string])[] = [
  ['zone', 'Zone: assets stay in it'],
  ['portal', 'Portal: assets pass through'],
  ['manual', 'Manual: somebody scans by hand'],
  ['gps', 'GPS: by its position and the geofences'],
]
export const kindWords: ReadonlyMap<string, string> = new Map(
  kinds.map(([kind, words]) => [kind, words.split(':')[0] ?? kind]),
)

interface AntennaDraft {
  readonly port: string
  readonly kind: Kind
  readonly name: string
  readonly locationId: number | null
  readonly isActive: boolean
}

interface AntennaFormProps {
  readonly reader: Reader
  /** Null: a new one. */
  readonly antenna: Antenna | null
  readonly nextPort: number
  readonly onClose: () => void
}

export function AntennaForm({ reader, antenna, nextPort, onClose }: AntennaFormProps) {
  const queries = useQueryClient()
  const path = (id: number) => ({ params: { path: { scan_point_id: id } } })
  return (
    <RecordForm
      title={antenna === null ? 'New antenna' : `Edit antenna ${antenna.antenna_port}`}
      submit={antenna === null ? 'Make the antenna' : 'Save'}
      done={antenna === null ? 'The antenna is there.' : 'Saved.'}
      record={antenna}
      draftOf={(record: Antenna | null): AntennaDraft => ({
        port: String(record?.antenna_port ?? nextPort),
        kind: record?.kind ?? 'zone',
        name: record?.name ?? '',
        locationId: record?.location_id ?? null,
        isActive: record?.is_active ?? true,
      })}
      bodyOf={({ port, kind, name, locationId, isActive }) => ({
        ...{ antenna_port: portOf(port), kind, name: name.trim() === '' ? null : name.trim() },
        ...{ location_id: locationId, is_active: isActive },
      })}
      labels={{
        ...{ antenna_port: 'Antenna port', name: 'Name', kind: 'Kind' },
        ...{ location_id: 'Watches (number)', is_active: 'Active' },
      }}
      create={(body) =>
        dataOf(api.POST('/api/v1/scan-points', { body: { ...body, scan_device_id: reader.id } }))
      }
      update={({ id }, patch) =>
        dataOf(api.PATCH('/api/v1/scan-points/{scan_point_id}', { ...path(id), body: patch }))
      }
      reload={({ id }) => dataOf(api.GET('/api/v1/scan-points/{scan_point_id}', path(id)))}
      onSaved={async () => {
        await queries.invalidateQueries({ queryKey: ['readers', reader.id] })
        onClose()
      }}
      onClose={onClose}
    >
      {({ draft, set, problemOf }) => (
        <>
          <TextField
            label="Antenna port"
            hint="As the reader numbers it; 1 for a reader with a single antenna."
            inputMode="numeric"
            isReadOnly={antenna !== null}
            value={draft.port}
            problem={problemOf('antenna_port')}
            onChange={(port) => set({ port })}
          />
          <TextField
            label="Name"
            value={draft.name}
            problem={problemOf('name')}
            onChange={(name) => set({ name })}
          />
          <SelectField
            label="Kind"
            value={draft.kind}
            options={kinds}
            problem={problemOf('kind')}
            onChange={(kind) => set({ kind })}
          />
          <RecordChoice
            legend="Watches"
            none="No location yet"
            chosen={draft.locationId}
            known={watched(antenna)}
            problem={problemOf('location_id')}
            onChoose={(locationId) => set({ locationId })}
            queryKey={['locations']}
            find={findLocations}
          />
          <CheckField
            label="Active"
            hint="What an antenna that is not active sees is left out."
            isChecked={draft.isActive}
            onChange={(isActive) => set({ isActive })}
          />
        </>
      )}
    </RecordForm>
  )
}

function watched(antenna: Antenna | null): Choosable | undefined {
  const { location_id: id = null, location_external_key: key = null } = antenna ?? {}
  return id === null || key === null ? undefined : { id, name: key, external_key: key }
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text.trim())) return Number(text)
  const message = 'must be a whole number from 0 to 65535'
  throw new ApiProblem(400, `antenna_port ${message}`, {
    fields: [{ field: 'antenna_port', code: 'invalid_value', message }],
  })
}

interface DeleteAntennaProps {
  readonly reader: Reader
  readonly antenna: Antenna
  readonly onClose: () => void
}

export function DeleteAntenna({ reader, antenna, onClose }: DeleteAntennaProps) {
  const queries = useQueryClient()
  return (
    <DeleteDialog
      title="Delete the antenna?"
      submit="Delete antenna"
      done="The antenna is deleted."
      remove={() =>
        bodyOf(
          api.DELETE('/api/v1/scan-points/{scan_point_id}', {
            params: { path: { scan_point_id: antenna.id } },
          }),
        )
      }
      onRemoved={async () => {
        await queries.invalidateQueries({ queryKey: ['readers', reader.id] })
        onClose()
      }}
      onClose={onClose}
    >
      <p>
        What antenna {antenna.antenna_port} of <bdi className="font-medium">{reader.name}</bdi> sees from now
        on counts for no location
        {antenna.location_external_key !== null && `, ${antenna.location_external_key} among them`}.
      </p>
      <p>Where assets are stays as it is until another reader sees them, or their time there is over.</p>
    </DeleteDialog>
  )
}
