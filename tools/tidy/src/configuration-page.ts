/**
 * docs/reference/configuration.md, rendered from the services' settings tables, so that page and code can't differ.
 * `node tools/tidy/src/configuration-page-main.ts` writes it; tidy compares.
 */
interface SettingRow {
  readonly description: string
  readonly defaultRaw: string | undefined
  readonly reason: string
  readonly isSecret: boolean
  readonly rule: string
}

export interface ServiceTable {
  readonly name: string
  readonly settings: Readonly<Record<string, SettingRow>>
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Renders the whole page. Settings that several services share are listed once, with the services that read them. */
export function renderConfigurationPage(services: readonly ServiceTable[]): string {
  const rows = new Map<string, { row: SettingRow; readers: string[] }>()
  for (const { name, settings } of services) {
    for (const [setting, row] of Object.entries(settings)) {
      const known = rows.get(setting)
      if (known === undefined) rows.set(setting, { row, readers: [name] })
      else known.readers.push(name)
    }
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([setting, { row, readers }]) => {
      const fallback =
        row.defaultRaw === undefined
          ? '**required**'
          : row.defaultRaw === ''
            ? '(empty)'
            : `\`${row.defaultRaw}\``
      const why = row.reason === '' ? '' : ` *${row.reason}*`
      return `| \`${setting}\` | ${fallback} | ${cell(row.rule)} | ${cell(row.description)}.${cell(why)}${row.isSecret ? ' **Secret.**' : ''} | ${readers.join(', ')} |`
    })
  return [
    '# Configuration',
    '',
    'Every setting is an environment variable. A service reads its table once, at the start, and names every wrong setting at once.',
    'This page is rendered from the tables: `node tools/tidy/src/configuration-page-main.ts`.',
    '',
    '| setting | default | must be | what it is, and why the default | read by |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
}
