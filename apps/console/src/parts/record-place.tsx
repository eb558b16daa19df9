/** A location by its name, which leads to it, with its key below: for a row of a list. */
import { Link } from '@tanstack/react-router'

interface Props {
  readonly id: number
  readonly name: string
  readonly externalKey: string
}

export function RecordPlace({ id, name, externalKey }: Props) {
  return (
    <span className="block min-w-0">
      <Link
        to="/locations/$locationId"
        params={{ locationId: String(id) }}
        className="block truncate text-accent underline"
        title={name}
      >
        <bdi>{name}</bdi>
      </Link>
      {externalKey !== name && (
        <span className="block truncate text-muted text-sm" title={externalKey}>
          <bdi>{externalKey}</bdi>
        </span>
      )}
    </span>
  )
}
