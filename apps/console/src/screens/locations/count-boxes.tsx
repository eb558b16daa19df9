/** Locations as boxes in boxes: the more assets, the larger, the stronger in shade and the longer the bar; the number always stands in it. */
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { RecordName } from '../../parts/record-name.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { type Count, growMap, type Indexed, indexPlaces, type Part, sayMoves } from './grow-map.ts'
import { type Area, type Box, layTreemap } from './lay-treemap.ts'
import { shadeOf } from './shade-counts.ts'
import { ShadeLegend, shadeLooks } from './shade-legend.tsx'

/** A box below this has no room for its number and a piece of its name; so many are drawn as have that. */
const [boxWidthMin, boxHeightMin] = [104, 84]
/** More are not read one by one, however large the screen. */
const boxesMax = 60
/** Of a box that shows what is in it: its own lines above, then at least one row of boxes. */
const headerHeight = 76
const gap = 4
/** Below this a name and a number can not be read; what would be smaller stands in a row below the boxes. */
const [readableWidth, readableHeight] = [76, 80]

export function CountBoxes({ places }: { readonly places: readonly Count[] }) {
  const filters = useUrlFilters()
  const { ref, width } = useWidth()
  const height = width < 560 ? 620 : 560
  const lookedId = Number(filters.one('in'))
  const room = Math.floor((width * height) / (boxWidthMin * boxHeightMin) / 2)
  const index = useMemo(() => indexPlaces(places), [places])
  const map = growMap(index, lookedId > 0 ? lookedId : null, Math.min(boxesMax, room))
  const looked = map.way.at(-1)
  const { boxes, small } = layParts(map.parts, { x: 0, y: 0, width, height })
  const drawn = boxes.map((box) => drawInside(box, index))
  const most = fullest(drawn.flatMap(({ box, inner }) => (inner.length === 0 ? [box] : inner)))
  return (
    <figure>
      <figcaption className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <Way way={map.way} onLook={(id) => filters.set({ in: id })} />
        <ShadeLegend most={most} />
      </figcaption>
      {map.parts.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed bg-surface p-6 text-muted">
          No location lies inside. {looked !== undefined && <AssetsLink place={looked} />}
        </p>
      ) : (
        <div ref={ref}>
          {boxes.length > 0 && (
            <ul className="relative overflow-hidden" style={{ height }}>
              {drawn.map((each) => (
                <PartBox key={each.box.item.place.location_id} drawn={each} most={most} />
              ))}
            </ul>
          )}
          {width > 0 && <SmallParts parts={small} />}
        </div>
      )}
      <p className="mt-2 text-muted text-sm">
        {looked !== undefined && looked.present_count > 0 && (
          <>
            {looked.present_count.toLocaleString()} right at <bdi>{looked.location_name}</bdi> and in none of
            these.{' '}
          </>
        )}
        {map.rest !== null && (
          <>
            {map.rest.locations.toLocaleString()} more with {map.rest.present.toLocaleString()} assets have no
            room here; the table has them.{' '}
          </>
        )}
        Size, shade and bar of a box are its number of assets, with all locations inside; a box with others in
        it has no shade of its own.
      </p>
    </figure>
  )
}

interface WayProps {
  readonly way: readonly Count[]
  readonly onLook: (id: string) => void
}

function Way({ way, onLook }: WayProps) {
  const steps = [{ id: '', name: 'Everything' }].concat(
    way.map(({ location_id: id, location_name: name }) => ({ id: String(id), name })),
  )
  return (
    <ol className="flex flex-wrap items-center gap-x-1 text-sm" aria-label="What the boxes are inside of">
      {steps.map(({ id, name }, index) => (
        <li key={id} className="flex min-w-0 items-center gap-1">
          {index > 0 && <span aria-hidden="true">/</span>}
          {index === steps.length - 1 ? (
            <bdi className="max-w-72 truncate font-medium" title={name}>
              {name}
            </bdi>
          ) : (
            <button
              type="button"
              className="min-h-8 max-w-72 truncate text-accent underline"
              title={name}
              onClick={() => onLook(id)}
            >
              <bdi>{name}</bdi>
            </button>
          )}
        </li>
      ))}
    </ol>
  )
}

interface Laid {
  readonly boxes: readonly Box<Part>[]
  /** What would be too small to read, empty ones among them. */
  readonly small: readonly Part[]
}

function layParts(parts: readonly Part[], area: Area): Laid {
  let large = parts.filter(({ place }) => place.present_inside_count > 0)
  for (;;) {
    const boxes = layTreemap(
      large.map((item) => ({ item, weight: item.place.present_inside_count })),
      area,
    )
    const readable = boxes.filter(
      ({ width, height }) => width - gap >= readableWidth && height - gap >= readableHeight,
    )
    if (readable.length === boxes.length) {
      const shown = new Set(boxes.map(({ item }) => item))
      return { boxes, small: parts.filter((part) => !shown.has(part)) }
    }
    // Each round leaves out one at least, the smallest: the others may have room then.
    const left = new Set(
      readable.length === 0 ? [] : large.slice(0, Math.max(readable.length, large.length - 3)),
    )
    large = large.filter((part) => left.has(part))
  }
}

function fullest(boxes: readonly Box<Part>[]): number {
  return Math.max(0, ...boxes.map(({ item }) => item.place.present_inside_count))
}

function SmallParts({ parts }: { readonly parts: readonly Part[] }) {
  const filters = useUrlFilters()
  if (parts.length === 0) return null
  return (
    <ul className="mt-1 flex flex-wrap gap-1" aria-label="Locations with few assets or none">
      {parts.map(({ place, insideCount }) => (
        <li
          key={place.location_id}
          className="flex max-w-full items-center gap-1 rounded border border-edge bg-surface px-2 py-1 text-sm"
        >
          <Link
            to="/locations/$locationId"
            params={{ locationId: String(place.location_id) }}
            className="flex min-w-0 gap-2 hover:underline"
          >
            <span className="max-w-64">
              <RecordName name={place.location_name} externalKey={place.location_external_key} />
            </span>
            <strong className="tabular-nums">{place.present_inside_count.toLocaleString()}</strong>
          </Link>
          {insideCount > 0 && (
            <LookInside place={place} count={insideCount} onLook={(id) => filters.set({ in: id })} />
          )}
        </li>
      ))}
    </ul>
  )
}

interface LookProps {
  readonly place: Count
  readonly count: number
  readonly onLook: (id: string) => void
}

function LookInside({ place, count, onLook }: LookProps) {
  return (
    <button
      type="button"
      className="min-h-6 min-w-6 shrink-0 rounded border border-transparent hover:border-current"
      aria-label={`Look inside ${place.location_name}`}
      title={`Look inside: ${count.toLocaleString()} ${count === 1 ? 'location' : 'locations'}`}
      onClick={() => onLook(String(place.location_id))}
    >
      <span aria-hidden="true">⤢</span>
    </button>
  )
}

/** A box, and those that are drawn in it. */
interface Drawn {
  readonly box: Box<Part>
  readonly inner: readonly Box<Part>[]
}

function drawInside(box: Box<Part>, index: Indexed): Drawn {
  const { place, insideCount } = box.item
  const [width, height] = [box.width - gap, box.height - gap]
  const inner = { x: 6, y: headerHeight, width: width - 12, height: height - headerHeight - 6 }
  const room = Math.floor((inner.width * inner.height) / (boxWidthMin * boxHeightMin))
  const isNested = insideCount > 0 && inner.height >= boxHeightMin && inner.width >= boxWidthMin && room > 1
  const parts = isNested ? growMap(index, place.location_id, room).parts : []
  return { box, inner: layParts(parts, inner).boxes }
}

interface BoxProps {
  readonly drawn: Drawn
  readonly most: number
}

/** What has others in it is their ground: they have the shades. */
function PartBox({ drawn: { box, inner }, most }: BoxProps) {
  const [first] = inner
  if (first === undefined) return <BoxFrame box={box} most={most} />
  return (
    <BoxFrame box={box} most={null} shownCount={inner.length}>
      <ul>
        {inner.map((each) => (
          <BoxFrame key={each.item.place.location_id} box={each} most={most} />
        ))}
      </ul>
    </BoxFrame>
  )
}

interface FrameProps {
  readonly box: Box<Part>
  /** Of all boxes that have a shade: what a whole bar is. Null: this one has none. */
  readonly most: number | null
  /** Of the locations inside, those that are drawn. */
  readonly shownCount?: number | undefined
  readonly children?: ReactNode
}

function BoxFrame({ box, most, shownCount, children }: FrameProps) {
  const { place, insideCount } = box.item
  const filters = useUrlFilters()
  const count = place.present_inside_count
  const moves = sayMoves(place.arrived_inside_count, place.left_inside_count)
  const assets = count === 1 ? '1 asset' : `${count.toLocaleString()} assets`
  return (
    <li
      className={`absolute overflow-hidden rounded border border-edge transition-[left,top,width,height] duration-500 ${most === null ? 'bg-surface' : shadeLooks[shadeOf(count, most)]}`}
      style={{ left: box.x, top: box.y, width: box.width - gap, height: box.height - gap }}
      title={`${place.location_name} (${place.location_external_key}): ${assets}${moves === '' ? '' : `; ${moves} in the last minutes`}`}
    >
      <div className="flex items-start gap-1 px-1.5 pt-1">
        <Link
          to="/locations/$locationId"
          params={{ locationId: String(place.location_id) }}
          className="min-w-0 flex-1 leading-tight hover:underline"
        >
          <bdi className="block truncate font-medium text-sm">{place.location_name}</bdi>
          <bdi className="block truncate text-xs">{place.location_external_key}</bdi>
          <span className="flex min-w-0 items-baseline gap-x-2">
            <strong className="text-2xl tabular-nums leading-none">
              {count.toLocaleString()}
              <span className="sr-only">{count === 1 ? ' asset' : ' assets'}</span>
            </strong>
            {moves !== '' && <span className="min-w-0 truncate text-sm">{moves}</span>}
            {shownCount !== undefined && shownCount < insideCount && (
              <span className="min-w-0 truncate text-sm">
                {shownCount} of {insideCount.toLocaleString()} shown
              </span>
            )}
          </span>
        </Link>
        {insideCount > 0 && (
          <LookInside place={place} count={insideCount} onLook={(id) => filters.set({ in: id })} />
        )}
      </div>
      {most !== null && (
        <div aria-hidden="true" className="mx-1.5 mt-1 h-1.5 rounded-full border border-current">
          <div
            className="h-full rounded-full bg-current"
            style={{ width: `${(100 * count) / Math.max(1, most)}%` }}
          />
        </div>
      )}
      {children}
    </li>
  )
}

function AssetsLink({ place }: { readonly place: Count }) {
  return (
    <Link
      to="/locations/$locationId"
      params={{ locationId: String(place.location_id) }}
      className="text-accent underline"
    >
      Its {place.present_count === 1 ? 'one asset' : `${place.present_count.toLocaleString()} assets`}
    </Link>
  )
}

/** Of the element, as it changes; 0 until it is known. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}
