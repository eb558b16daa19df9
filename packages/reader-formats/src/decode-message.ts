/** A whole message as text, for whoever has not cut it into documents yet. */
import { decodeDocument } from './decode-document.ts'
import type { FormatName } from './format-name.ts'
import type { DecodedMessage, ReaderContext } from './message.ts'
import { splitDocuments } from './split-documents.ts'

/** Never throws. In a batch the problems of a document begin with its index. */
export function decodeMessage(format: FormatName, text: string, context: ReaderContext): DecodedMessage {
  const split = splitDocuments(text)
  if (split === null) {
    const problem = {
      field: context.fieldPrefix.replace(/\.$/, ''),
      code: 'invalid_value',
      message: 'is not JSON',
    } as const
    return { reads: [], heartbeats: [], problems: [problem], isReadable: false }
  }
  const { documents, isBatch } = split
  const parts = documents.map((document, index) => {
    const fieldPrefix = isBatch ? `${context.fieldPrefix}${index}.` : context.fieldPrefix
    if (document.kind === 'json') return decodeDocument(format, document.json, { ...context, fieldPrefix })
    const problem = {
      field: `${context.fieldPrefix}${index}`,
      code: 'invalid_value',
      message: 'is not JSON',
    } as const
    return { reads: [], heartbeats: [], problems: [problem] }
  })
  return {
    reads: parts.flatMap(({ reads }) => reads),
    heartbeats: parts.flatMap(({ heartbeats }) => heartbeats),
    problems: parts.flatMap(({ problems }) => problems),
    isReadable: documents.every(({ kind }) => kind === 'json'),
  }
}
