/** One reader: what it is, and which location each of its antennas watches. */
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { changeFacts, descriptionFacts } from '../../parts/record-facts.tsx'
import { RecordPlace } from '../../parts/record-place.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { AntennaForm, DeleteAntenna, DeleteReader, kindWords, ReaderForm } from './reader-dialogs.tsx'
import { type Antenna, type Reader, useAntennas, useLocationNames, useReader } from './reader-queries.ts'

export default function ReaderDetail() {
  const { readerId = '' } = useParams({ strict: false })
  const query = useReader(Number(readerId))
  return (
    <Loaded query={query} what="the reader">
      {(reader) => (
        <Page title={reader.name} actions={<ReaderActions reader={reader} />}>
          <div className="grid gap-4">
            <Card title="What it is">
              <Facts
                facts={[...descriptionFacts(reader), ['Type', reader.type] as const, ...changeFacts(reader)]}
              />
            </Card>
            <AntennasCard reader={reader} />
          </div>
        </Page>
      )}
    </Loaded>
  )
}

function ReaderActions({ reader }: { readonly reader: Reader }) {
  const mayWrite = useMay('scan-devices:write') && reader.deleted_at === null
  const antennas = useAntennas(reader.id)
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  if (!mayWrite) return null
  const close = (): void => setOpen(null)
  return (
    <>
      <Button onClick={() => setOpen('edit')}>Edit</Button>
      <Button kind="danger" onClick={() => setOpen('delete')}>
        Delete
      </Button>
      {open === 'edit' && <ReaderForm reader={reader} onClose={close} />}
      {open === 'delete' && (
        <DeleteReader reader={reader} antennaCount={antennas.data?.length ?? 0} onClose={close} />
      )}
    </>
  )
}

const columnsOf = (nameOf: ReadonlyMap<number, string>): readonly Column<Antenna>[] => [
  {
    name: 'Antenna',
    width: 'minmax(0, 1.5fr)',
    cell: ({ antenna_port: port, name }) => (
      <>
        {port}
        {name !== null && (
          <>
            , <bdi title={name}>{name}</bdi>
          </>
        )}
      </>
    ),
  },
  { name: 'Kind', width: '8rem', cell: ({ kind }) => kindWords.get(kind) ?? kind },
  {
    name: 'Watches',
    width: 'minmax(0, 1.5fr)',
    cell: ({ location_id: id, location_external_key: key }) =>
      id === null ? (
        'no location'
      ) : (
        <RecordPlace id={id} name={nameOf.get(id) ?? key ?? ''} externalKey={key ?? ''} />
      ),
  },
  { name: 'State', width: '6rem', cell: ({ is_active: isActive }) => (isActive ? 'Active' : 'Inactive') },
]

/** Each once, in one order: the same antennas ask the same. */
function watchedBy(antennas: readonly Antenna[]): readonly number[] {
  const ids = antennas.map(({ location_id: id }) => id).filter((id) => id !== null)
  return [...new Set(ids)].sort((one, other) => one - other)
}

function AntennasCard({ reader }: { readonly reader: Reader }) {
  const query = useAntennas(reader.id)
  const names = useLocationNames(watchedBy(query.data ?? []))
  const mayWrite = useMay('scan-devices:write') && reader.deleted_at === null
  const [open, setOpen] = useState<{ readonly antenna: Antenna | null; readonly isLeaving: boolean } | null>(
    null,
  )
  const actions: Column<Antenna> = {
    name: 'Change',
    width: '12rem',
    cell: (antenna) => (
      <span className="flex gap-2">
        <Button
          kind="quiet"
          aria-label={`Edit antenna ${antenna.antenna_port}`}
          onClick={() => setOpen({ antenna, isLeaving: false })}
        >
          Edit
        </Button>
        <Button
          kind="quiet"
          aria-label={`Delete antenna ${antenna.antenna_port}`}
          onClick={() => setOpen({ antenna, isLeaving: true })}
        >
          Delete
        </Button>
      </span>
    ),
  }
  const columns = columnsOf(names.data ?? new Map())
  const close = (): void => setOpen(null)
  return (
    <Card title="Antennas">
      <Loaded query={query} what="the antennas">
        {(antennas) =>
          antennas.length === 0 ? (
            <Empty title="No antenna yet">
              What this reader sees counts for no location until one of its antennas watches one.
            </Empty>
          ) : (
            <DataTable
              label="Antennas"
              columns={mayWrite ? [...columns, actions] : columns}
              rows={antennas}
              rowHeightPx={60}
              rowKey={({ id }) => String(id)}
            />
          )
        }
      </Loaded>
      {mayWrite && (
        <Button className="mt-4" onClick={() => setOpen({ antenna: null, isLeaving: false })}>
          New antenna
        </Button>
      )}
      {open !== null && !open.isLeaving && (
        <AntennaForm
          reader={reader}
          antenna={open.antenna}
          nextPort={Math.max(0, ...(query.data ?? []).map(({ antenna_port: port }) => port)) + 1}
          onClose={close}
        />
      )}
      {open?.isLeaving === true && open.antenna !== null && (
        <DeleteAntenna reader={reader} antenna={open.antenna} onClose={close} />
      )}
    </Card>
  )
}
