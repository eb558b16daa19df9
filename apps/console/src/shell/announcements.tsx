/**
 * What has just happened, shown for a while and read aloud without taking the focus (WCAG 4.1.3). Failures stay until they are
 * put away: nobody should miss one by being slow.
 */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useId,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import { Icon } from '../parts/icon.tsx'

export interface Announce {
  readonly done: (text: string) => void
  readonly failed: (text: string) => void
}

interface Toast {
  readonly id: number
  readonly kind: 'done' | 'failed'
  readonly text: string
}

/** Ten seconds for a sentence of ten words, several times what reading it takes. */
const shownMs = 10_000
/** More cover the page; the oldest goes. */
const toastsMax = 4

const Context = createContext<Announce>({ done: () => undefined, failed: () => undefined })

export function useAnnounce(): Announce {
  return useContext(Context)
}

interface Shown {
  readonly toasts: readonly Toast[]
  readonly remove: (id: number) => void
  /** The dialog on top; undefined: none is open. */
  readonly dialog: string | undefined
  /** Gives the way to leave. */
  readonly enter: (dialog: string) => () => void
}

const ShownContext = createContext<Shown>({
  ...{ toasts: [], remove: () => undefined, dialog: undefined, enter: () => () => undefined },
})

let lastId = 0

export function Announcements({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const [dialogs, setDialogs] = useState<readonly string[]>([])
  const remove = useCallback((id: number) => setToasts((all) => all.filter((each) => each.id !== id)), [])
  const enter = useCallback((dialog: string) => {
    setDialogs((all) => [...all, dialog])
    return () => setDialogs((all) => all.filter((each) => each !== dialog))
  }, [])
  const announce = useMemo<Announce>(() => {
    const add = (kind: Toast['kind'], text: string): void => {
      lastId += 1
      const id = lastId
      setToasts((all) => [...all, { id, kind, text }].slice(-toastsMax))
      if (kind === 'done') setTimeout(() => remove(id), shownMs)
    }
    return { done: (text) => add('done', text), failed: (text) => add('failed', text) }
  }, [remove])
  const dialog = dialogs.at(-1)
  const shown = useMemo(() => ({ toasts, remove, dialog, enter }), [toasts, remove, dialog, enter])
  return (
    <Context value={announce}>
      <ShownContext value={shown}>
        {children}
        <Region toasts={dialog === undefined ? toasts : []} onDismiss={remove} />
      </ShownContext>
    </Context>
  )
}

/** Inside a dialog, because all around it is inert while it is open: neither read aloud nor to be put away. */
export function DialogAnnouncements() {
  const { toasts, remove, dialog, enter } = useContext(ShownContext)
  const id = useId()
  useLayoutEffect(() => enter(id), [enter, id])
  return <Region toasts={dialog === id ? toasts : []} onDismiss={remove} />
}

interface RegionProps {
  readonly toasts: readonly Toast[]
  readonly onDismiss: (id: number) => void
}

/** There before what it says: only changes are read aloud. */
function Region({ toasts, onDismiss }: RegionProps) {
  return (
    <div
      role="status"
      className="fixed right-4 bottom-4 z-50 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2"
    >
      {toasts.map(({ id, kind, text }) => (
        <div
          key={id}
          className={`flex items-start gap-3 rounded-md border p-3 shadow-lg ${
            kind === 'done' ? 'border-good bg-good-soft text-good' : 'border-bad bg-bad-soft text-bad'
          }`}
        >
          <Icon name={kind === 'done' ? 'check' : 'warning'} />
          <p className="min-w-0 flex-1 break-words">{text}</p>
          <button
            type="button"
            className="min-h-6 min-w-6"
            onClick={() => onDismiss(id)}
            aria-label="Dismiss"
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
