/** A state: a word, an icon and a colour, of which the word is enough. */
import { Icon, type IconName } from './icon.tsx'

export type Tone = 'good' | 'bad' | 'warn' | 'plain' | 'ahead'

const looks: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  plain: 'bg-raised text-muted',
  ahead: 'bg-raised text-muted',
}
const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'warning',
  warn: 'clock',
  plain: 'pause',
  // It has not happened yet.
  ahead: 'clock',
}

export function Pill({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span
      className={`inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 font-medium text-sm ${looks[tone]}`}
    >
      <Icon name={icons[tone]} /> {children}
    </span>
  )
}
