/** Which format a record or request is in, and which reader it says to come from, before anybody has looked into it. */
import type { FieldProblem, Parsed } from '@scanhook/domain/read'
import { readText } from '@scanhook/domain/reading/parse-fields'
import { textMaxLength } from '@scanhook/domain/reading/read-bounds'
import { type FormatName, findFormat, formatNames } from '@scanhook/reader-formats/format-name'

export interface ReaderSource {
  readonly format: FormatName
  /** From the header `scanhook-device`: stands in for whatever the message says. */
  readonly deviceKey: string | null
  /** The record's key as text: counts where nobody else names the device. */
  readonly recordKey: string | null
}

/** What holds where nobody says otherwise, and for business events, which have no readers. */
export const ownFormat: ReaderSource = { format: 'scanhook', deviceKey: null, recordKey: null }

export const formatHeader = 'scanhook-format'
export const deviceHeader = 'scanhook-device'

export interface SourceHeaders {
  readonly [formatHeader]?: string | undefined
  readonly [deviceHeader]?: string | undefined
}

/** `bound` is the format of the topic. An empty header says nothing. */
export function readerSource(
  bound: FormatName,
  headers: SourceHeaders,
  key: Buffer | null = null,
): Parsed<ReaderSource> {
  const named = headers[formatHeader] ?? ''
  const device = headers[deviceHeader] ?? ''
  if (named === '' && device === '' && bound === 'scanhook') return { ok: true, value: ownFormat }
  const problems: FieldProblem[] = []
  const format = named === '' ? bound : findFormat(named)
  if (format === null) {
    const message = `must be one of ${formatNames.join(', ')}`
    problems.push({ field: formatHeader, code: 'invalid_value', message })
  }
  const deviceKey =
    device === ''
      ? null
      : readText({ [deviceHeader]: device }, deviceHeader, textMaxLength, { prefix: '', problems })
  if (problems.length > 0 || format === null) return { ok: false, problems }
  return { ok: true, value: { format, deviceKey, recordKey: keyText(key) } }
}

// UTF-8 takes at most four bytes for a character; a longer key needs no decoding to be too long.
const keyMaxBytes = 4 * textMaxLength

/** A key that is no text of a device's length was made for something else. */
function keyText(key: Buffer | null): string | null {
  if (key === null || key.length > keyMaxBytes) return null
  // Bytes that are not UTF-8 become U+FFFD, which nobody calls a reader.
  const text = key.toString('utf8')
  if (text.includes('\uFFFD')) return null
  return readText({ key: text }, 'key', textMaxLength, { prefix: '', problems: [] })
}
