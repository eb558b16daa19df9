/** What the schema registry has of each record. Only looked at: subjects change by a deployment. */
import type { Model } from '../../api/api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Loaded } from '../../parts/states.tsx'
import { plainName } from './describe-pipeline.ts'
import { usePrefix, useSubjects } from './operator-queries.ts'
import { Section } from './section.tsx'

type Subject = Model<'SchemaSubjects'>['subjects'][number]

const columnsOf = (prefix: string): readonly Column<Subject>[] => [
  {
    name: 'Subject',
    width: 'minmax(0, 3fr)',
    cell: ({ subject }) => <bdi title={subject}>{plainName(subject, prefix)}</bdi>,
  },
  {
    name: 'How it is',
    width: '9rem',
    cell: ({ is_registered: is }) => <Pill tone={is ? 'good' : 'bad'}>{is ? 'Registered' : 'Missing'}</Pill>,
  },
  {
    name: 'Versions',
    width: 'minmax(0, 2fr)',
    cell: ({ versions, version_count: count }) => (
      <span
        title={versions.map(({ version, schema_id: id }) => `version ${version} has the id ${id}`).join(', ')}
      >
        {count === 0 ? '–' : `${count}, newest id ${versions.at(-1)?.schema_id ?? '–'}`}
      </span>
    ),
  },
  {
    name: 'Compatibility',
    width: 'minmax(0, 2fr)',
    cell: ({ compatibility }) => compatibility?.toLowerCase().replaceAll('_', ' ') ?? 'the registry’s own',
  },
]

export function SubjectsSection() {
  const query = useSubjects()
  const prefix = usePrefix()
  return (
    <Section id="subjects" title="Schema subjects" source="As the schema registry answers.">
      <Loaded query={query} what="the subjects">
        {({ subjects }) => (
          <DataTable
            label="Schema subjects"
            columns={columnsOf(prefix)}
            rows={subjects}
            rowKey={({ subject }) => subject}
            rowHeightPx={44}
          />
        )}
      </Loaded>
    </Section>
  )
}
