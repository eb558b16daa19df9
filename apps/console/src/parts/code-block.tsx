/** A text as it is, byte for byte as far as a page can show it: nothing in it is markup, direction marks can't reach out of it. */
import { CopyButton } from './copy-button.tsx'

interface Props {
  readonly text: string
  /** "the request's body": names the block, and what is copied. */
  readonly what: string
}

/** More makes the page slow; the copy has all. */
const shownMax = 100_000

export function CodeBlock({ text, what }: Props) {
  const isCut = text.length > shownMax
  return (
    <div className="min-w-0">
      <div className="flex min-h-10 items-center justify-between gap-3 rounded-t-md border border-line bg-raised pr-1 pl-3">
        <span className="min-w-0 flex-1 truncate text-muted text-sm first-letter:uppercase" title={what}>
          {what}
        </span>
        <CopyButton text={text} what={what} isSmall />
      </div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard (WCAG 2.1.1)
        tabIndex={0}
        aria-label={what}
        className="max-h-96 overflow-auto rounded-b-md border border-line border-t-0 bg-surface p-3"
      >
        <pre className="font-mono text-sm [unicode-bidi:isolate]">
          {isCut ? text.slice(0, shownMax) : text}
        </pre>
      </section>
      {isCut && (
        <p className="mt-1 text-muted text-sm">
          The first {shownMax.toLocaleString()} of {text.length.toLocaleString()} characters; the copy has all
          of them.
        </p>
      )}
    </div>
  )
}
