/** A secret that is there to be copied, and seen only while somebody asks for it: whoever looks over a shoulder sees its end. */
import { useEffect, useState } from 'react'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { maskSecret } from './mask-secret.ts'

interface Props {
  readonly secret: string
  /** After which a revealed one is hidden again, ms. */
  readonly hideAfterMs?: number
}

/** Long enough to compare it with another, too short to be forgotten on a screen that is shared. */
const usualHideAfterMs = 30_000

export function SecretText({ secret, hideAfterMs = usualHideAfterMs }: Props) {
  const [isRevealed, setRevealed] = useState(false)
  useEffect(() => {
    if (!isRevealed) return
    const timer = setTimeout(() => setRevealed(false), hideAfterMs)
    return () => clearTimeout(timer)
  }, [isRevealed, hideAfterMs])
  return (
    <div className="flex flex-wrap items-center gap-3">
      <code className="min-w-0 break-all rounded bg-raised px-2 py-1 font-mono">
        {isRevealed ? secret : maskSecret(secret)}
      </code>
      <Button aria-pressed={isRevealed} onClick={() => setRevealed(!isRevealed)}>
        {isRevealed ? 'Hide' : 'Reveal'}
      </Button>
      <CopyButton text={secret} what="the secret" />
    </div>
  )
}
