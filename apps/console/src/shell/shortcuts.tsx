/**
 * Single keys that do something: `/` to search, `?` for the list of them. Owns the one listener; screens say what their keys do
 * with `useShortcuts`. Off while somebody types, and can be turned off altogether (WCAG 2.1.4: speech input types letters).
 */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'

export interface Shortcut {
  /** As `KeyboardEvent.key` has it: `j`, `/`, `Enter`. */
  readonly key: string
  /** What it does, for the list: "next row". */
  readonly does: string
  readonly run: (event: KeyboardEvent) => void
  /** A key that is held does it again and again. Default: once. */
  readonly isRepeated?: boolean | undefined
}

interface Registry {
  readonly add: (shortcuts: readonly Shortcut[]) => () => void
}

const Context = createContext<Registry>({ add: () => () => undefined })
const place = 'scanhook.shortcuts'

/** While the component is there. Those that came last win. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { add } = useContext(Context)
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const keys = shortcuts.map(({ key, does }) => `${key} ${does}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew when keys change; what they do is looked up when pressed
  useEffect(
    () =>
      add(
        latest.current.map((shortcut, index) => ({
          ...shortcut,
          run: (event) => latest.current[index]?.run(event),
        })),
      ),
    [add, keys],
  )
}

export function Shortcuts({ children }: { readonly children: ReactNode }) {
  const registered = useRef<Shortcut[][]>([])
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [isOn, setOn] = useState(() => localStorage.getItem(place) !== 'off')
  const registry = useMemo<Registry>(
    () => ({
      add: (shortcuts) => {
        const own = [...shortcuts]
        registered.current.push(own)
        return () => {
          registered.current = registered.current.filter((each) => each !== own)
        }
      },
    }),
    [],
  )
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isForUs(event)) return
      if (event.key === '?') {
        event.preventDefault()
        setHelpOpen(true)
        return
      }
      if (!isOn) return
      const found = registered.current.flat().findLast(({ key }) => key === event.key)
      if (found !== undefined) press(found, event)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isOn])
  return (
    <Context value={registry}>
      {children}
      {isHelpOpen && (
        <Dialog title="Keyboard" onClose={() => setHelpOpen(false)}>
          <ul className="grid gap-2">
            <li className="flex justify-between gap-6">
              this list <kbd className="font-mono">?</kbd>
            </li>
            {registered.current.flat().map(({ key, does }) => (
              <li key={`${key} ${does}`} className="flex justify-between gap-6">
                {does} <kbd className="font-mono">{key}</kbd>
              </li>
            ))}
          </ul>
          <label className="mt-4 flex items-center gap-2">
            <input
              type="checkbox"
              checked={isOn}
              onChange={({ target }) => {
                localStorage.setItem(place, target.checked ? 'on' : 'off')
                setOn(target.checked)
              }}
            />
            Single keys are on
          </label>
        </Dialog>
      )}
    </Context>
  )
}

function press({ run, isRepeated = false }: Shortcut, event: KeyboardEvent): void {
  event.preventDefault()
  if (!event.repeat || isRepeated) run(event)
}

function isForUs(event: KeyboardEvent): boolean {
  const isChord = event.ctrlKey || event.metaKey || event.altKey
  const isElsewhere = isTyping(event.target) || document.querySelector('dialog[open]') !== null
  return !(event.defaultPrevented || isChord || isElsewhere)
}

/** Where a letter is a letter: not in a box that is ticked. Enter and Space belong to what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(typedInto) !== null
}

const typedInto = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]'
