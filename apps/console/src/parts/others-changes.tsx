/** Above the buttons of a form: what somebody else changed of the record meanwhile, and the way to begin again from that. */
import { Button } from './button.tsx'
import type { Difference } from './merge-changes.ts'

interface Props {
  readonly differences: readonly Difference[]
  readonly onTakeTheirs: () => void
}

export function OthersChanges({ differences, onTakeTheirs }: Props) {
  return (
    <div role="alert" className="rounded-lg border border-warn bg-warn-soft p-4 text-warn">
      <p className="font-semibold">
        Somebody else changed this while you were at it. Nothing of yours is saved yet.
      </p>
      {differences.length === 0 ? (
        <p className="mt-1">What you see here is as it was; something else of it is different now.</p>
      ) : (
        <ul className="mt-2 grid gap-1">
          {differences.map(({ label, before, now }) => (
            <li key={label} className="break-words">
              {label}: was <bdi className="font-medium">{before}</bdi>, is now{' '}
              <bdi className="font-medium">{now}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2">
        “Save mine over it” saves the fields that you changed, and leaves theirs where you changed nothing.
      </p>
      <Button className="mt-3" onClick={onTakeTheirs}>
        Start again from what is there
      </Button>
    </div>
  )
}
