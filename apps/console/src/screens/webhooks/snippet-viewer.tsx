/** A program that verifies requests, in the language of the reader's choice. Loaded by itself: its texts are of no use elsewhere. */
import { useState } from 'react'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Field } from '../../parts/field.tsx'
import { snippetLanguages } from '../../snippets/snippet-texts.ts'

export default function SnippetViewer() {
  const [name, setName] = useState(snippetLanguages[0]?.name ?? '')
  const [isRaw, setRaw] = useState(false)
  const language = snippetLanguages.find((each) => each.name === name)
  if (language === undefined) return null
  const { library, raw, libraryNotRun } = language
  const text = isRaw || library === null ? raw : library
  return (
    <div className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Language">
          {(control) => (
            <select {...control} value={name} onChange={({ target }) => setName(target.value)}>
              {snippetLanguages.map((each) => (
                <option key={each.name}>{each.name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="By">
          {(control) => (
            <select
              {...control}
              value={isRaw || library === null ? 'raw' : 'library'}
              onChange={({ target }) => setRaw(target.value === 'raw')}
            >
              <option value="library" disabled={library === null}>
                the Standard Webhooks library
              </option>
              <option value="raw">HMAC-SHA256, without that library</option>
            </select>
          )}
        </Field>
      </div>
      <CodeBlock what={`the program in ${name}`} text={text} />
      {(!isRaw || library === null) && libraryNotRun !== null && (
        <p className="text-muted text-sm">{libraryNotRun}</p>
      )}
      <p className="text-muted text-sm">
        Give it the body as it came, before anything parses it: one other blank is another signature.
      </p>
    </div>
  )
}
