/** A runbook's text in parts that a page can show: headings, prose and commands. No more of Markdown than docs/runbooks use. Pure. */
export type RunbookPart =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'prose'; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }

export interface Runbook {
  readonly title: string
  readonly parts: readonly RunbookPart[]
}

export function splitRunbook(markdown: string): Runbook {
  const parts: RunbookPart[] = []
  let title = ''
  // Fences first: what is between them is no Markdown.
  for (const [index, block] of markdown.split(/^ *```/m).entries()) {
    if (index % 2 === 1) {
      const end = block.indexOf('\n')
      parts.push({ kind: 'code', language: block.slice(0, end).trim(), text: block.slice(end + 1).trimEnd() })
      continue
    }
    for (const paragraph of block.split(/\n{2,}/)) {
      const text = paragraph.trim()
      if (text.startsWith('# ')) title = text.slice(2)
      else if (text.startsWith('## ')) parts.push({ kind: 'heading', text: text.slice(3) })
      else if (text !== '') parts.push({ kind: 'prose', text })
    }
  }
  return { title, parts }
}

/** Text, and what stands in backticks, by turns. */
export function splitCode(text: string): readonly string[] {
  return text.split('`')
}
