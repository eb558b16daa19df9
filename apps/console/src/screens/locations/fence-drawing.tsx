/** Geofences as they lie, drawn from their coordinates alone: nothing is asked of a map server. */
import { useNavigate } from '@tanstack/react-router'
import { Empty, Loaded } from '../../parts/states.tsx'
import type { Count } from './grow-map.ts'
import { useLocations } from './location-queries.ts'
import { projectFences, type Shape, sayMeters } from './project-fences.ts'

const [width, heightMax] = [800, 520]
/** More lie on top of each other; those with the most assets are drawn. */
const fencesMax = 300

export function FenceDrawing({ places }: { readonly places: readonly Count[] }) {
  const query = useLocations('')
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
        const max = Math.max(1, ...fullest.map(({ id }) => countOf.get(id) ?? 0))
        return (
          <figure>
            {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
            <svg
              role="group"
              viewBox={`0 0 ${drawing.width} ${drawing.height.toFixed(0)}`}
              className="h-auto w-full rounded-lg border border-line bg-surface"
              aria-label={`${drawing.shapes.length} geofences, north is up`}
            >
              {drawing.shapes.map((shape) => (
                <FenceShape key={shape.id} shape={shape} count={countOf.get(shape.id) ?? 0} max={max} />
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
                    className="fill-text font-semibold text-[14px]"
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

interface ShapeProps {
  readonly shape: Shape
  readonly count: number
  readonly max: number
}

function FenceShape({ shape, count, max }: ShapeProps) {
  const navigate = useNavigate()
  const says = `${shape.name}: ${count.toLocaleString()} ${count === 1 ? 'asset' : 'assets'}`
  const style = {
    fill: `color-mix(in srgb, var(--accent-soft) ${Math.round(100 * Math.sqrt(count / max))}%, var(--surface))`,
  }
  const look = 'stroke-edge hover:stroke-accent'
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
        <circle cx={shape.x} cy={shape.y} r={shape.radius} className={look} style={style} strokeWidth="1.5" />
      ) : (
        <polygon points={shape.points} className={look} style={style} strokeWidth="1.5" />
      )}
    </a>
  )
}
