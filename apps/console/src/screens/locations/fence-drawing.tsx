/** Geofences as they lie, drawn from their coordinates alone: nothing is asked of a map server. */
import { useNavigate } from '@tanstack/react-router'
import { Empty, Loaded } from '../../parts/states.tsx'
import type { Count } from './grow-map.ts'
import { useLocations } from './location-queries.ts'
import { projectFences, type Shape, sayMeters } from './project-fences.ts'
import { shadeOf } from './shade-counts.ts'
import { ShadeLegend } from './shade-legend.tsx'

const [width, heightMax] = [800, 520]
/** More lie on top of each other; those with the most assets are drawn. */
const fencesMax = 300

export function FenceDrawing({ places }: { readonly places: readonly Count[] }) {
  const query = useLocations('')
  const keyOf = new Map(places.map((place) => [place.location_id, place.location_external_key]))
  const countOf = new Map(places.map((place) => [place.location_id, place.present_inside_count]))
  return (
    <Loaded query={query} what="the locations">
      {({ rows }) => {
        const fenced = rows.filter(({ geofence }) => geofence !== null)
        const fullest = fenced
          .toSorted((one, other) => (countOf.get(other.id) ?? 0) - (countOf.get(one.id) ?? 0))
          .slice(0, fencesMax)
        const drawing = projectFences(fullest, width, heightMax)
        if (drawing === null)
          return (
            <Empty title="No location has a geofence">
              A geofence says where a location lies on the ground. Whoever gives locations one, under Edit,
              sees them drawn here.
            </Empty>
          )
        const most = Math.max(0, ...fullest.map(({ id }) => countOf.get(id) ?? 0))
        return (
          <figure>
            <div className="mb-2">
              <ShadeLegend most={most} />
            </div>
            {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
            <svg
              role="group"
              viewBox={`0 0 ${drawing.width} ${drawing.height.toFixed(0)}`}
              className="h-auto w-full rounded-lg border border-line bg-surface"
              aria-label={`${drawing.shapes.length} geofences, north is up`}
            >
              {drawing.shapes.map((shape) => (
                <FenceShape
                  key={shape.id}
                  shape={shape}
                  externalKey={keyOf.get(shape.id)}
                  count={countOf.get(shape.id) ?? 0}
                  most={most}
                />
              ))}
              {/* Above all shapes, so that none covers a number. */}
              {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of texts takes no focus; each shape's link says the same */}
              <g aria-hidden="true" className="pointer-events-none">
                {drawing.shapes.map((shape) => (
                  <text
                    key={shape.id}
                    x={shape.x}
                    y={shape.y}
                    textAnchor="middle"
                    dominantBaseline="middle"
                    className="fill-text stroke-surface font-semibold text-[16px] [paint-order:stroke]"
                    strokeWidth="4"
                  >
                    {(countOf.get(shape.id) ?? 0).toLocaleString()}
                  </text>
                ))}
                <path
                  d={`M12 ${drawing.height - 14}v6h${drawing.scaleLength.toFixed(1)}v-6`}
                  className="fill-none stroke-text"
                  strokeWidth="1.5"
                />
                <text x={16} y={drawing.height - 16} className="fill-text text-[12px]">
                  {sayMeters(drawing.scaleM)}
                </text>
              </g>
            </svg>
            <figcaption className="mt-2 text-muted text-sm">
              North is up; the bar is {sayMeters(drawing.scaleM)}.
              {fenced.length > fullest.length &&
                ` The ${fullest.length} with the most assets, of ${fenced.length.toLocaleString()}.`}{' '}
              A shape leads to its assets.
            </figcaption>
          </figure>
        )
      }}
    </Loaded>
  )
}

/** Of nothing it is the ground itself. */
const shadeFills = { 1: 'fill-shade-1', 2: 'fill-shade-2', 3: 'fill-shade-3' } as const

interface ShapeProps {
  readonly shape: Shape
  /** Undefined where it was not counted. */
  readonly externalKey: string | undefined
  readonly count: number
  readonly most: number
}

function FenceShape({ shape, externalKey, count, most }: ShapeProps) {
  const navigate = useNavigate()
  const key = externalKey === undefined || externalKey === shape.name ? '' : ` (${externalKey})`
  const says = `${shape.name}${key}: ${count.toLocaleString()} ${count === 1 ? 'asset' : 'assets'}`
  const fill = count === 0 ? 'fill-surface' : shadeFills[shadeOf(count, most)]
  const look = `${fill} stroke-edge hover:stroke-accent`
  return (
    <a
      href={`/console/locations/${shape.id}`}
      aria-label={says}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        void navigate({ to: `/locations/${shape.id}` })
      }}
    >
      <title>{says}</title>
      {shape.kind === 'circle' ? (
        <circle cx={shape.x} cy={shape.y} r={shape.radius} className={look} strokeWidth="1.5" />
      ) : (
        <polygon points={shape.points} className={look} strokeWidth="1.5" />
      )}
    </a>
  )
}
