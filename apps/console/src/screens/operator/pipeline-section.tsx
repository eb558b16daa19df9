/** How far each group of consumers is behind, and what waits in the retry tiers: of the whole installation, for its operator. */
import type { Model } from '../../api/api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Loaded } from '../../parts/states.tsx'
import { type Group, judgeLag, judgeTier, plainName, saySeconds, type Tier } from './describe-pipeline.ts'
import { usePipeline, usePrefix } from './operator-queries.ts'
import { Section } from './section.tsx'

export function PipelineSection() {
  const query = usePipeline()
  return (
    <Section
      id="pipeline"
      title="Lag and retries"
      source="From Kafka: offsets that groups have committed, and the times of the records that are next."
    >
      <Loaded query={query} what="how far it is behind">
        {(pipeline) => <Figures pipeline={pipeline} />}
      </Loaded>
    </Section>
  )
}

const groupColumns = (prefix: string): readonly Column<Group>[] => [
  {
    name: 'Group',
    width: 'minmax(0, 2fr)',
    cell: ({ group }) => <bdi title={group}>{plainName(group, prefix)}</bdi>,
  },
  {
    name: 'Reads',
    width: 'minmax(0, 2fr)',
    cell: ({ topic }) => <bdi title={topic}>{plainName(topic, prefix)}</bdi>,
  },
  {
    name: 'How it is',
    width: '9rem',
    cell: (row) => {
      const { tone, word } = judgeLag(row)
      return <Pill tone={tone}>{word}</Pill>
    },
  },
  { name: 'Oldest waits', width: '8rem', isNumber: true, cell: (row) => saySeconds(row.lag_seconds) },
  { name: 'Records', width: '8rem', isNumber: true, cell: (row) => row.lag_records.toLocaleString() },
]

const tierColumns: readonly Column<Tier>[] = [
  { name: 'Tier', cell: ({ wait_seconds: wait }) => `waits ${saySeconds(wait)}` },
  {
    name: 'How it is',
    width: '9rem',
    cell: (row) => {
      const { tone, word } = judgeTier(row)
      return <Pill tone={tone}>{word}</Pill>
    },
  },
  { name: 'Deliveries', width: '8rem', isNumber: true, cell: ({ waiting }) => waiting.toLocaleString() },
  { name: 'Due', width: '8rem', isNumber: true, cell: ({ due }) => due.toLocaleString() },
  { name: 'Overdue by', width: '8rem', isNumber: true, cell: (row) => saySeconds(row.overdue_seconds) },
]

function Figures({ pipeline }: { readonly pipeline: Model<'Pipeline'> }) {
  const prefix = usePrefix()
  return (
    <div className="grid min-w-0 gap-4">
      {prefix !== '' && (
        <p className="text-muted text-sm">
          Names begin with <code>{prefix}</code> in Kafka.
        </p>
      )}
      <DataTable
        label="Consumer groups"
        columns={groupColumns(prefix)}
        rows={pipeline.groups}
        rowKey={({ group, topic }) => `${group} ${topic}`}
      />
      <DataTable
        label="Retry tiers"
        columns={tierColumns}
        rows={pipeline.retry_tiers}
        rowKey={({ tier }) => tier}
      />
      <p className="text-muted text-sm">
        A tier that is full is not late: a delivery is due when it has waited as long as its tier waits.
      </p>
    </div>
  )
}
