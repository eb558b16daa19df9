/** One entry: who, when, and what was before and after, field by field. */
import { Link } from '@tanstack/react-router'
import type { Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Facts } from '../../parts/page.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { compareSides, type FieldChange } from './compare-sides.ts'
import { linkToResource, sayOperation } from './say-entry.ts'

interface Props {
  readonly entry: Model<'AuditEntry'>
  readonly actor: string
  /** Shows the entries that have this in common. */
  readonly onNarrow: (filters: Readonly<Record<string, string>>) => void
  readonly onClose: () => void
}

export function EntryDialog({ entry, actor, onNarrow, onClose }: Props) {
  const { resource, request_id: request, truncated_fields: cut } = entry
  const link = linkToResource(entry)
  const name = resource.name ?? resource.id ?? '–'
  const isWhole = entry.before === null || entry.after === null
  // What was made or deleted is there whole: what it did not have says nothing.
  const changes = compareSides(entry.before, entry.after).filter(
    ({ before, after }) => !isWhole || (before ?? after) !== 'null',
  )
  return (
    <Dialog title={sayOperation(entry.operation)} onClose={onClose}>
      <Facts
        facts={[
          ['When', exactly(entry.at)],
          ['By', <bdi key="by">{actor}</bdi>],
          [
            'Of',
            link === null ? (
              <bdi key="of">{name}</bdi>
            ) : (
              <Link key="of" to={link} className="text-accent underline">
                <bdi>{name}</bdi>
              </Link>
            ),
          ],
          ['Request', request ?? 'none: it was no request'],
        ]}
      />
      <div className="my-4 flex flex-wrap gap-2">
        <Button kind="quiet" onClick={() => onNarrow({ operation: entry.operation })}>
          All of this kind
        </Button>
        {resource.id !== null && (
          <Button kind="quiet" onClick={() => onNarrow({ kind: resource.kind, resource: resource.id ?? '' })}>
            All of this {resource.kind.replaceAll('_', ' ')}
          </Button>
        )}
        {entry.actor.id !== null && (
          <Button
            kind="quiet"
            onClick={() => onNarrow({ actor: entry.actor.kind, actor_id: String(entry.actor.id) })}
          >
            All by whoever did it
          </Button>
        )}
        {request !== null && (
          <Button kind="quiet" onClick={() => onNarrow({ request })}>
            All of this request
          </Button>
        )}
      </div>
      <h3 className="mb-2 font-semibold">{sayWhole(entry)}</h3>
      {changes.length === 0 ? (
        <p className="text-muted">No field that is shown has another value.</p>
      ) : (
        <dl className="grid gap-3">
          {changes.map((change) => (
            <ChangeItem key={change.field} change={change} isWhole={isWhole} />
          ))}
        </dl>
      )}
      {cut.length > 0 && (
        <p className="mt-3 text-warn">Too long to be kept, and changed as well: {cut.join(', ')}.</p>
      )}
    </Dialog>
  )
}

function sayWhole({ before, after }: Model<'AuditEntry'>): string {
  if (before === null) return 'What was made'
  return after === null ? 'What is gone' : 'What changed'
}

interface ChangeProps {
  readonly change: FieldChange
  readonly isWhole: boolean
}

function ChangeItem({ change: { field, kind, before, after }, isWhole }: ChangeProps) {
  if (isWhole)
    return (
      <div className="grid min-w-0 grid-cols-[10rem_1fr] gap-2">
        <dt className="break-all font-mono text-muted text-sm">{field}</dt>
        <dd className="min-w-0">
          <Value text={before ?? after ?? ''} what={field} />
        </dd>
      </div>
    )
  return (
    <div className="min-w-0 rounded-md border border-line p-3">
      <dt className="break-all">
        <span className="font-mono text-sm">{field}</span> <span className="text-muted text-sm">{kind}</span>
      </dt>
      {before !== null && (
        <dd className="mt-1">
          <SideValue word="before" text={before} field={field} />
        </dd>
      )}
      {after !== null && (
        <dd className="mt-1">
          <SideValue word="after" text={after} field={field} />
        </dd>
      )}
    </div>
  )
}

interface SideProps {
  readonly word: 'before' | 'after'
  readonly text: string
  readonly field: string
}

/** What is longer gets a block of its own, which scrolls. */
const inlineMax = 200

function SideValue({ word, text, field }: SideProps) {
  return (
    <div className="grid grid-cols-[4rem_1fr] gap-2">
      <span className={word === 'before' ? 'text-bad' : 'text-good'}>{word}</span>
      <Value text={text} what={`${field} ${word}`} />
    </div>
  )
}

function Value({ text, what }: { readonly text: string; readonly what: string }) {
  return text.length > inlineMax || text.includes('\n') ? (
    <CodeBlock what={what} text={text} />
  ) : (
    <bdi className="break-all font-mono text-sm">{text}</bdi>
  )
}
