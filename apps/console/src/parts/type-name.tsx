/** The type of an event, which may go on in the next line after a dot or an underscore: `shipment.ready_for_review`. */
import { Fragment } from 'react'

export function TypeName({ type }: { readonly type: string }) {
  return (
    <>
      {type.split(/(?<=[._])/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which never move
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  )
}
