/** How far each group of consumers is behind, and what waits in the retry tiers: of the whole installation, for its operator. */
import type { Model } from '../../api/api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Card } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Loaded } from '../../parts/states.tsx'
import { type Group, judgeLag, judgeTier, saySeconds, sumUp, type Tier } from './describe-pipeline.ts'
import { usePipeline } from './operator-queries.ts'

export function PipelineSection() {
  const query = usePipeline()
  return (
    <section aria-labelledby="pipeline" className="min-w-0">
      <h2 id="pipeline" className="mb-3 font-semibold text-lg">
        The whole installation
      </h2>
      <Loaded query={query} what="how far it is behind">
        {(pipeline) => (pipeline === null ? <NotTheirs /> : <Figures pipeline={pipeline} />)}
      </Loaded>
    </section>
  )
}

const groupColumns: readonly Column<Group>[] = [
  { name: 'Group', width: 'minmax(0, 2fr)', cell: ({ group }) => <bdi title={group}>{group}</bdi> },
  { name: 'Reads', width: 'minmax(0, 2fr)', cell: ({ topic }) => <bdi title={topic}>{topic}</bdi> },
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
  return (
    <div className="grid min-w-0 gap-4">
      <p>
        {sumUp(pipeline)}{' '}
        <span className="text-muted text-sm">
          Measured <RelativeTime at={pipeline.measured_at} />, over all organizations.
        </span>
      </p>
      <DataTable
        label="Consumer groups"
        columns={groupColumns}
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
        A tier that is full is not late: a delivery is due when it has waited as long as its tier waits. Which
        breakers are open is known to the dispatchers alone: Prometheus has it as{' '}
        <code className="font-mono">scanhook_breakers</code>, and Grafana’s board <em>Delivery</em> shows it.
      </p>
    </div>
  )
}

/** A customer's organization is not told the installation's figures; a number made up here would be worse than none. */
function NotTheirs() {
  return (
    <Card title="Lag, retry tiers, breakers">
      <p>
        How far consumers are behind and what waits in which retry tier concerns all organizations, and this
        one is not named as the operator’s. If it is yours to look after them, name it in the setting{' '}
        <code className="font-mono text-sm">OPERATOR_ORG_IDS</code>.
      </p>
      <ul className="mt-3 list-disc pl-5">
        <li>
          Grafana’s board <em>Pipeline</em> shows lag in seconds and the tiers, <em>Delivery</em> the
          breakers.
        </li>
        <li>
          The files <code className="font-mono text-sm">docs/operate/monitoring.md</code> and{' '}
          <code className="font-mono text-sm">docs/runbooks</code> say how they are set up, and what to do
          when something wakes you.
        </li>
      </ul>
    </Card>
  )
}
