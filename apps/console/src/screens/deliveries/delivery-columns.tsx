/** Columns that every list of deliveries has. */
import { Link } from '@tanstack/react-router'
import type { Column } from '../../parts/data-table.tsx'
import { Pill } from '../../parts/pill.tsx'
import { TypeName } from '../../parts/type-name.tsx'
import type { Listed } from './delivery-queries.ts'
import { describeDelivery } from './describe-delivery.ts'

export const stateColumn: Column<Listed> = {
  name: 'State',
  width: '7rem',
  cell: (row) => {
    const { tone, word } = describeDelivery(row)
    return (
      <span title={row.explanation ?? undefined}>
        <Pill tone={tone}>{word}</Pill>
      </span>
    )
  },
}

export const eventColumn: Column<Listed> = {
  name: 'Event',
  width: 'minmax(0, 1.5fr)',
  isTwoLines: true,
  cell: ({ id, event_type: type }) => (
    <Link to="/deliveries/$deliveryId" params={{ deliveryId: id }} className="text-accent underline">
      <TypeName type={type} />
    </Link>
  ),
}
