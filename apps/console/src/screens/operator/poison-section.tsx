/** Records that no service could process: found by reason and service, looked at, and put back on their topic once the cause is mended. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Facts } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { placeOf, reasonWords, sayOutcomes, sayPlace, sayReason } from './describe-poison.ts'
import { poisonKey, usePoison, usePrefix } from './operator-queries.ts'
import { Section } from './section.tsx'

type PoisonRecord = Model<'PoisonPage'>['records'][number]

/** Services that set records aside. */
const services = ['producer', 'tracker', 'router', 'dispatcher', 'retry', 'recorder', 'notifier'] as const
/** As many as one request takes. */
const chosenMax = 100

export function PoisonSection() {
  const filters = useUrlFilters()
  const reason = filters.one('reason')
  const service = filters.one('service')
  return (
    <Section
      id="poison"
      title="Records that were set aside"
      source={
        <>
          From Kafka’s topic <code className="font-mono">poison</code>, where they stay for 30 days. They are
          not dead deliveries: those are under{' '}
          <Link to="/recovery" className="text-accent underline">
            Recovery
          </Link>
          .
        </>
      }
    >
      <div className="mb-3 flex flex-wrap gap-3">
        <Choice
          label="Reason"
          value={reason}
          options={[['', 'every reason'], ...Object.entries(reasonWords)]}
          onChange={(value) => filters.set({ reason: value })}
        />
        <Choice
          label="Found by"
          value={service}
          options={[['', 'every service'], ...services.map((each) => [each, each] as const)]}
          onChange={(value) => filters.set({ service: value })}
        />
      </div>
      {/* Another filter is another list, of which nothing is chosen. */}
      <PoisonList key={`${reason} ${service}`} reason={reason} service={service} />
    </Section>
  )
}

function PoisonList({ reason, service }: { readonly reason: string; readonly service: string }) {
  const query = usePoison(reason, service)
  if (query.data === undefined)
    return query.isError ? (
      <Failure error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Loading what="what was set aside" />
    )
  const { pages } = query.data
  const records = pages.flatMap((page) => page.records)
  const lookedAt = pages.reduce((sum, page) => sum + page.looked_at, 0)
  const total = pages[0]?.total ?? 0
  return (
    <>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {records.length > 0 ? (
        <Records records={records} />
      ) : total === 0 ? (
        <Empty title="Nothing was set aside">Every record that came could be processed.</Empty>
      ) : (
        <Empty title="None of these">
          Among the newest {lookedAt.toLocaleString()} of {total.toLocaleString()} records is none with this
          reason and service.
        </Empty>
      )}
      {total > 0 && (
        <p className="mt-2 text-muted text-sm">
          {lookedAt.toLocaleString()} of {total.toLocaleString()} records were looked at, the newest first.
        </p>
      )}
      {query.hasNextPage && (
        <Button className="mt-2" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Look at older ones
        </Button>
      )}
    </>
  )
}

function Records({ records }: { readonly records: readonly PoisonRecord[] }) {
  const mayReplay = useMay('webhooks:write')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [looked, setLooked] = useState<PoisonRecord | null>(null)
  const choose = (place: string, is: boolean): void => {
    const next = new Set(chosen)
    if (is) next.add(place)
    else next.delete(place)
    setChosen(next)
  }
  const first = records.slice(0, chosenMax).map(placeOf)
  return (
    <>
      {mayReplay && (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <Button kind="quiet" onClick={() => setChosen(chosen.size > 0 ? new Set() : new Set(first))}>
            {chosen.size > 0
              ? 'Choose none'
              : first.length === 1
                ? 'Choose it'
                : `Choose all ${first.length}`}
          </Button>
          <ReplayButton
            records={records.filter((each) => chosen.has(placeOf(each)))}
            onDone={() => setChosen(new Set())}
          />
        </div>
      )}
      <ul className="grid gap-2">
        {records.map((record) => (
          <PoisonItem
            key={placeOf(record)}
            record={record}
            isChosen={chosen.has(placeOf(record))}
            onChoose={mayReplay ? (is) => choose(placeOf(record), is) : null}
            onLook={() => setLooked(record)}
          />
        ))}
      </ul>
      {looked !== null && <RecordDialog record={looked} onClose={() => setLooked(null)} />}
    </>
  )
}

interface ItemProps {
  readonly record: PoisonRecord
  readonly isChosen: boolean
  /** Null: this person may not. */
  readonly onChoose: ((is: boolean) => void) | null
  readonly onLook: () => void
}

function PoisonItem({ record, isChosen, onChoose, onLook }: ItemProps) {
  const { service, detail, set_aside_at: at, replayed_at: replayedAt, replayed_from: from } = record
  const place = sayPlace(record, usePrefix())
  return (
    <li className="flex min-w-0 items-start gap-3 rounded-lg border border-line bg-surface p-3">
      {onChoose !== null && (
        <input
          type="checkbox"
          className="mt-1 size-5 accent-accent"
          aria-label={`Choose ${place}`}
          checked={isChosen}
          onChange={({ target }) => onChoose(target.checked)}
        />
      )}
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{sayReason(record.reason)}</span>
          <span className="text-muted text-sm">
            found by {service}, <RelativeTime at={at} />
          </span>
          {replayedAt !== null && <Pill tone="good">Put back</Pill>}
          {from !== null && <Pill tone="warn">Set aside again</Pill>}
        </p>
        <p className="break-words text-sm">
          <bdi>{detail}</bdi>
        </p>
        <p className="break-words text-muted text-sm">
          <bdi>{place}</bdi>
        </p>
      </div>
      <Button kind="quiet" onClick={onLook} aria-label={`Look at ${place}`}>
        Look
      </Button>
    </li>
  )
}

interface ReplayProps {
  readonly records: readonly PoisonRecord[]
  readonly onDone: () => void
}

function ReplayButton({ records, onDone }: ReplayProps) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const [isAsking, setAsking] = useState(false)
  const before = records.filter(({ replayed_at: at }) => at !== null).length
  const replaying = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/operator/poison/replays', {
          body: {
            records: records.map(({ partition, offset }) => ({ partition, offset })),
            again: before > 0,
          },
        }),
      ),
    onSuccess: ({ records: results }) => {
      const { text, isWhole } = sayOutcomes(results.map(({ outcome }) => outcome))
      if (isWhole) announce.done(text)
      else announce.failed(text)
      onDone()
    },
    onError: (error) => announce.failed(`Nothing was put back: ${error.message}`),
    onSettled: () => {
      setAsking(false)
      return queries.invalidateQueries({ queryKey: poisonKey })
    },
  })
  const count = records.length
  return (
    <>
      <Button
        kind="primary"
        disabled={count === 0 || count > chosenMax}
        onClick={() => setAsking(true)}
      >{`Put back ${count === 0 ? '…' : count.toLocaleString()}`}</Button>
      {count > chosenMax && <span className="text-sm text-warn">At most {chosenMax} at a time.</span>}
      {isAsking && (
        <Dialog title="Put back on their topic" onClose={() => setAsking(false)}>
          <div className="grid gap-3">
            <p>
              {count === 1 ? 'The record goes' : `${count} records go`} to where {count === 1 ? 'it' : 'they'}{' '}
              came from, behind what is there now, as {count === 1 ? 'it is' : 'they are'}. Mend the cause
              first: what still cannot be processed is set aside again. It stands in the audit log.
            </p>
            {before > 0 && (
              <p className="text-warn">
                {before === 1 ? 'One was' : `${before} were`} put back before, and{' '}
                {before === 1 ? 'goes' : 'go'} a second time.
              </p>
            )}
            <div className="flex gap-2">
              <Button kind="primary" isBusy={replaying.isPending} onClick={() => replaying.mutate()}>
                Put back
              </Button>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  )
}

function RecordDialog({ record, onClose }: { readonly record: PoisonRecord; readonly onClose: () => void }) {
  const { origin, key, value, headers, replayed_from: from } = record
  return (
    <Dialog title={sayReason(record.reason)} onClose={onClose}>
      <div className="grid min-w-0 gap-4">
        <Facts
          facts={[
            [
              'Detail',
              <bdi key="detail">
                <Sentence text={record.detail} />
              </bdi>,
            ],
            ['Found by', record.service],
            ['Set aside', <RelativeTime key="at" at={record.set_aside_at} />],
            ['Lies at', `poison, partition ${record.partition}, offset ${record.offset}`],
            [
              'Came from',
              origin === null
                ? 'not known: it cannot be put back'
                : `${origin.topic}, partition ${origin.partition}, offset ${origin.offset}`,
            ],
            ['Put back', <RelativeTime key="replayed" at={record.replayed_at} none="never" />],
            ...(from === null ? [] : [['Was at', `${from}, put back, and set aside again`] as const]),
            ['Key', key.form === 'none' ? 'none' : <bdi key="key">{key.text}</bdi>],
          ]}
        />
        {value.form === 'none' ? (
          <p className="text-muted">It has no value.</p>
        ) : (
          <div>
            <CodeBlock
              text={value.text}
              what={value.form === 'bytes' ? 'the value, in hexadecimal' : 'the value'}
            />
            {value.is_cut && (
              <p className="mt-1 text-muted text-sm">
                The beginning of {value.size_bytes.toLocaleString()} bytes.
              </p>
            )}
          </div>
        )}
        <CodeBlock
          text={Object.entries(headers)
            .map(([name, text]) => `${name}: ${text}`)
            .join('\n')}
          what="the headers"
        />
      </div>
    </Dialog>
  )
}
