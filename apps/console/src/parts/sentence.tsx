/** What the API says in a sentence. Instants in it are shown as people read them. Every screen shows such sentences by this part. */
import { exactly, locally } from './relative-time.tsx'
import { splitInstants } from './split-instants.ts'

export function Sentence({ text }: { readonly text: string }) {
  return splitInstants(text).map(({ offset, text: part, isInstant }) =>
    isInstant ? (
      <time key={offset} dateTime={part} title={exactly(part)}>
        {locally(part)}
      </time>
    ) : (
      part
    ),
  )
}

/** The same where there is room for text alone: a title. */
export function sentenceText(text: string): string {
  return splitInstants(text)
    .map(({ text: part, isInstant }) => (isInstant ? locally(part) : part))
    .join('')
}
