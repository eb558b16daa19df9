/** Copies a text, and says that it did. */
import { useAnnounce } from '../shell/announcements.tsx'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

interface Props {
  readonly text: string
  /** "the secret": for the button's name and the announcement. */
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
  return (
    <Button kind={isSmall ? 'bare' : 'plain'} onClick={() => void copy()} aria-label={`Copy ${what}`}>
      <Icon name="copy" /> Copy
    </Button>
  )
}
