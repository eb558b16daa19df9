/** Many records at once: out of a file, tried first if wanted; and all of them into a file. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { ApiProblem, api, bodyOf, consoleHeaders } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Card, Page } from '../../parts/page.tsx'
import { CheckField, SelectField } from '../../parts/record-fields.tsx'
import { saveFile } from '../../parts/save-file.ts'
import { Empty, Failure } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { type ImportKind, importKinds, kindOf } from './kinds.ts'
import { type FileLine, readLines } from './read-lines.ts'
import {
  emptyReport,
  partLinesMax,
  type Refused,
  type Report,
  runImport,
  type Sent,
  sayCut,
  sayReport,
} from './run-import.ts'

/** A hundred thousand records. More is a matter for a program with a key of its own. */
const fileBytesMax = 50_000_000

export default function ImportScreen() {
  const { kind: path = '' } = useParams({ strict: false })
  const kind = kindOf(path)
  if (kind === null)
    return (
      <Page title="Import">
        <Empty title="Nothing of that name can be imported">
          Assets, locations, readers and antennas can.
        </Empty>
      </Page>
    )
  return (
    <Page title={`Import or export ${kind.noun}`}>
      <nav aria-label="What is imported" className="mb-4 flex flex-wrap gap-1 border-line border-b">
        {importKinds.map((each) => (
          <Link
            key={each.path}
            to="/import/$kind"
            params={{ kind: each.path }}
            className="-mb-px min-h-11 border-b-2 px-3 py-2"
            activeProps={{ className: 'border-accent font-medium text-text', 'aria-current': 'page' }}
            inactiveProps={{ className: 'border-transparent text-muted hover:text-text' }}
          >
            {each.label}
          </Link>
        ))}
      </nav>
      <div className="grid gap-4">
        <ImportCard key={kind.path} kind={kind} />
        <ExportCard kind={kind} />
      </div>
    </Page>
  )
}

interface Chosen {
  readonly name: string
  readonly lines: readonly FileLine[]
}

type Mode = 'upsert' | 'create'

const modes = [
  ['upsert', 'make what is new, change what is there'],
  ['create', 'only make; refuse keys that are there'],
] as const

interface Done {
  readonly report: Report
  readonly isDry: boolean
}

interface Run {
  /** After the part that is on its way. */
  isStopped: boolean
  isLeft: boolean
  report: Report
}

/** The browser asks before the page is closed. */
function askFirst(event: Event): void {
  event.preventDefault()
}

function ImportCard({ kind }: { readonly kind: ImportKind }) {
  const mayWrite = useMay(kind.writeScope)
  const queries = useQueryClient()
  const announce = useAnnounce()
  const [file, setFile] = useState<Chosen | null>(null)
  const [problem, setProblem] = useState<string | undefined>()
  const [mode, setMode] = useState<Mode>('upsert')
  const [done, setDone] = useState<Done | null>(null)
  const run = useRef<Run | null>(null)
  const running = useMutation({
    mutationFn: async (isDry: boolean) => {
      const lines = file?.lines ?? []
      const own: Run = { isStopped: false, isLeft: false, report: emptyReport(lines.length) }
      run.current = own
      const tell = (report: Report): void => {
        own.report = report
        setDone({ report, isDry })
      }
      tell(own.report)
      window.addEventListener('beforeunload', askFirst)
      try {
        return await runImport(lines, {
          send: (text) => send(kind, text, { mode, dry_run: isDry }),
          wait: (ms) =>
            new Promise<void>((resolve) => {
              setTimeout(resolve, ms)
            }),
          onProgress: tell,
          isStopped: () => own.isStopped,
        })
      } finally {
        window.removeEventListener('beforeunload', askFirst)
      }
    },
    onSuccess: (report, isDry) => {
      if (run.current?.isLeft === true && report.done < report.total)
        announce.failed(sayCut(report, isDry, 'The rest was not sent, because the screen was left.'))
      else announce.done(`${sayReport(report, isDry)}.`)
    },
    // On the screen itself it stands below.
    onError: ({ message }, isDry) => {
      if (run.current?.isLeft === true) announce.failed(sayCut(run.current.report, isDry, message))
    },
    onSettled: () => queries.invalidateQueries(),
  })
  // Nobody sees the progress any more, nor can stop it: it stops by itself, and says how far it came.
  useEffect(
    () => () => {
      if (run.current !== null) Object.assign(run.current, { isStopped: true, isLeft: true })
    },
    [],
  )
  const choose = async (given: File | undefined): Promise<void> => {
    setDone(null)
    running.reset()
    setFile(null)
    setProblem(undefined)
    if (given === undefined) return
    if (given.size > fileBytesMax) return setProblem('The file has more than 50 MB: import it in parts.')
    const lines = readLines(await given.text())
    if (lines.length === 0)
      return setProblem(
        'There is no record in the file: its first line names the columns, each further one is a record.',
      )
    setFile({ name: given.name, lines })
  }
  if (!mayWrite)
    return (
      <Card title="Import">
        <p className="text-muted">Your session may see {kind.noun}, and not change them.</p>
      </Card>
    )
  return (
    <Card title="Import">
      <div className="grid gap-4">
        <label className="grid gap-1">
          <span className="font-medium">File</span>
          <input
            type="file"
            // One file at a time: what is under way is this one's.
            disabled={running.isPending}
            accept=".csv,.tsv,.txt,.ndjson,.jsonl,.json,text/csv,application/x-ndjson"
            aria-invalid={problem !== undefined}
            aria-describedby="import-hint"
            className="min-h-11 w-full rounded-md border border-edge bg-surface p-2 file:me-3 file:rounded file:border file:border-edge file:bg-raised file:px-3 file:py-1 file:text-text"
            onChange={({ target }) => void choose(target.files?.[0])}
          />
        </label>
        {problem !== undefined && (
          <p role="alert" className="-mt-3 text-bad text-sm">
            {problem}
          </p>
        )}
        <div id="import-hint" className="-mt-3 text-muted text-sm">
          CSV with the names of the fields in its first line, or NDJSON as an export has it. {kind.hint}
          <details className="mt-1">
            <summary className="cursor-pointer text-accent">An example</summary>
            <CodeBlock what="the example" text={kind.example} />
          </details>
        </div>
        {file !== null && <Preview file={file} />}
        <SelectField
          label="What to do"
          value={mode}
          options={modes}
          isDisabled={running.isPending}
          onChange={setMode}
        />
        <div className="flex flex-wrap gap-2">
          <Button
            kind="primary"
            disabled={file === null}
            isBusy={running.isPending}
            onClick={() => running.mutate(true)}
          >
            Dry run
          </Button>
          <Button disabled={file === null} isBusy={running.isPending} onClick={() => running.mutate(false)}>
            Import
          </Button>
          {running.isPending && (
            <Button
              onClick={() => {
                if (run.current !== null) run.current.isStopped = true
              }}
            >
              Stop after this part
            </Button>
          )}
        </div>
        {file !== null && file.lines.length > partLinesMax && (
          <p className="text-muted text-sm">
            It goes in parts of {partLinesMax.toLocaleString()} lines. A dry run tries each part by itself: a
            line that needs one of an earlier part, like a location inside of another, is said to be refused
            there.
          </p>
        )}
        {done !== null && <ReportView kind={kind} done={done} isRunning={running.isPending} />}
        {running.isError && <Failure error={running.error} />}
      </div>
    </Card>
  )
}

interface Query {
  readonly mode: Mode
  readonly dry_run: boolean
}

async function send({ path }: ImportKind, text: string, query: Query): Promise<Sent> {
  try {
    const answer: unknown = await bodyOf(
      api.POST(`/api/v1/${path}/import`, {
        params: { query },
        // As it is: the client would make JSON of it.
        body: text as never,
        bodySerializer: (body: unknown) => body,
        headers: { 'content-type': 'application/x-ndjson' },
        parseAs: 'text',
      } as never) as never,
    )
    return { answer: String(answer) }
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 429)
      return { retryAfterMs: (error.retryAfterS ?? 1) * 1000 }
    throw error
  }
}

/** Enough to see whether the columns came out as they were meant. */
const previewLines = 3

function Preview({ file }: { readonly file: Chosen }) {
  return (
    <div>
      <p className="mb-1">
        <bdi className="font-medium">{file.name}</bdi>: {file.lines.length.toLocaleString()}{' '}
        {file.lines.length === 1 ? 'record' : 'records'}
      </p>
      <CodeBlock
        what="the first of them as they are read"
        text={file.lines
          .slice(0, previewLines)
          .map(({ json }) => json)
          .join('\n')}
      />
    </div>
  )
}

const columns: readonly Column<Refused>[] = [
  { name: 'Line', width: '5rem', isNumber: true, cell: ({ number }) => number.toLocaleString() },
  { name: 'Key', cell: ({ key }) => <bdi title={key ?? undefined}>{key ?? '–'}</bdi> },
  {
    name: 'Why it was refused',
    width: 'minmax(0, 3fr)',
    cell: ({ reason }) => (
      <bdi className="whitespace-normal" title={reason}>
        {reason}
      </bdi>
    ),
  },
]

interface ReportProps extends Pick<Props, 'kind'> {
  readonly done: Done
  readonly isRunning: boolean
}

interface Props {
  readonly kind: ImportKind
}

function ReportView({ kind, done: { report, isDry }, isRunning }: ReportProps) {
  const { refused, done, total } = report
  const percent = total === 0 ? 100 : Math.round((done / total) * 100)
  return (
    <section aria-label={isDry ? 'What the dry run says' : 'What came of the import'} className="grid gap-3">
      <div>
        <label htmlFor="import-progress" className="mb-1 block text-sm">
          {isDry ? 'Tried' : 'Imported'}: {done.toLocaleString()} of {total.toLocaleString()} lines ({percent}{' '}
          %)
        </label>
        <progress id="import-progress" className="h-2 w-full accent-accent" max={total} value={done} />
      </div>
      <p role="status" className="font-medium">
        {isRunning ? 'At work …' : `${sayReport(report, isDry)}.`}
        {!isRunning && done < total && ` ${(total - done).toLocaleString()} lines were not sent.`}
        {!isRunning && isDry && ' Nothing was written.'}
      </p>
      {refused.length > 0 && (
        <>
          <DataTable
            label="Refused lines"
            columns={columns}
            rows={refused}
            rowKey={({ number }) => String(number)}
          />
          <div>
            <Button onClick={() => saveFile(`refused-${kind.path}.csv`, refusedTable(refused), 'text/csv')}>
              Download the refused lines
            </Button>
          </div>
        </>
      )}
    </section>
  )
}

function refusedTable(refused: readonly Refused[]): readonly string[] {
  const rows = refused.map(({ number, key, reason }) => `${number},${quoted(key ?? '')},${quoted(reason)}\n`)
  return ['line,key,reason\n', ...rows]
}

function quoted(text: string): string {
  // A sheet would take the text for a formula.
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${plain.replaceAll('"', '""')}"`
}

function ExportCard({ kind }: Props) {
  const mayRead = useMay(kind.readScope)
  const announce = useAnnounce()
  const [isWithDeleted, setWithDeleted] = useState(false)
  const saving = useMutation({
    mutationFn: async () => {
      const response = await fetch(
        `/api/v1/${kind.path}/export${isWithDeleted ? '?include_deleted=true' : ''}`,
        { headers: consoleHeaders },
      )
      if (!response.ok) throw new ApiProblem(response.status, `the answer was ${response.status}`)
      saveFile(`${kind.path}.ndjson`, [await response.blob()], 'application/x-ndjson')
    },
    onSuccess: () => announce.done(`All ${kind.noun} are in the file ${kind.path}.ndjson.`),
  })
  return (
    <Card title="Export">
      <div className="grid gap-3">
        <p>
          All {kind.noun} as NDJSON, one a line, as the API answers them. The file can be imported again:
          every line then stays as it is.
        </p>
        <CheckField
          label="Deleted ones, too"
          hint="They have the time when they were deleted; an import would make them anew."
          isChecked={isWithDeleted}
          onChange={setWithDeleted}
        />
        {saving.isError && <Failure error={saving.error} />}
        <div>
          <Button disabled={!mayRead} isBusy={saving.isPending} onClick={() => saving.mutate()}>
            Download {kind.path}.ndjson
          </Button>
        </div>
      </div>
    </Card>
  )
}
