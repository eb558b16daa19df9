/** A record as people name it, with its key as second: a label or a machine knows only that. */
interface Props {
  readonly name: string
  /** Null where there is none; the same as the name is not said twice. */
  readonly externalKey: string | null
}

/** In one line; what is too long is cut, of the name first. */
export function RecordName({ name, externalKey }: Props) {
  return (
    <span
      className="inline-flex max-w-full items-baseline gap-1.5 align-bottom"
      title={titleOf(name, externalKey)}
    >
      {/* A line below the link does not go into a box of its own. */}
      <bdi className="min-w-0 truncate [a_&]:underline">{name}</bdi>
      {externalKey !== null && externalKey !== name && (
        <span className="min-w-0 max-w-[50%] shrink-0 truncate text-muted text-sm">
          <bdi>{externalKey}</bdi>
        </span>
      )}
    </span>
  )
}

function titleOf(name: string, externalKey: string | null): string {
  return externalKey === null || externalKey === name ? name : `${name} (${externalKey})`
}
