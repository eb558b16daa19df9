/** Copies a text, and says that it did. */
import { useAnnounce } from '../shell/announcements.tsx'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { sayCopy } from './say-copy.ts'

interface Props {
  readonly text: string
  /** "the secret", "as curl": it reads "Copy secret", "Copy as curl", so that two that stand near each other are told apart. */
  readonly what: string
  /** In a bar beside other things: less high. */
  readonly isSmall?: boolean
}

export function CopyButton({ text, what, isSmall = false }: Props) {
  const announce = useAnnounce()
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      announce.done(`Copied ${what}.`)
    } catch {
      // No permission, or no secure origin.
      announce.failed(`The browser did not let ${what} be copied: select it and copy it by hand.`)
    }
  }
  const { seen, heard } = sayCopy(what)
  return (
    <Button kind={isSmall ? 'bare' : 'plain'} className="relative min-w-0" onClick={() => void copy()}>
      <Icon name="copy" />
      <span>
        Copy {seen}
        {heard !== '' && <span className="sr-only">{heard}</span>}
      </span>
    </Button>
  )
}
