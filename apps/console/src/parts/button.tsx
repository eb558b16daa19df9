/** Buttons. 44 px high, as fields are: a thumb's width (WCAG 2.5.5; 2.5.8 asks for 24). */
import type { ComponentProps, MouseEvent } from 'react'

type Kind = 'primary' | 'plain' | 'quiet' | 'danger' | 'bare'

const looks: Readonly<Record<Kind, string>> = {
  primary: 'bg-accent text-on-accent border-accent font-medium hover:opacity-90',
  plain: 'bg-surface text-text border-edge hover:bg-raised',
  quiet: 'bg-transparent text-text border-line hover:bg-raised',
  danger: 'bg-surface text-bad border-bad hover:bg-bad-soft',
  bare: 'border-transparent text-muted hover:bg-surface hover:text-text',
}
const shape = 'inline-flex items-center justify-center gap-2 rounded-md border'
const sizes = { usual: 'min-h-11 px-3.5 py-1.5', bare: 'min-h-8 px-2 text-sm' } as const

interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: Kind
  /** Something is under way: it can not be pressed again, and says so. */
  readonly isBusy?: boolean
}

/** While it is busy it keeps the focus: `disabled` would take it, and a keyboard's place in the page with it. */
export function Button(props: ButtonProps) {
  const { kind = 'plain', isBusy = false, className = '', onClick, children, ...rest } = props
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isBusy}
      aria-busy={isBusy}
      onClick={isBusy ? refuse : onClick}
      className={`${shape} ${sizes[kind === 'bare' ? 'bare' : 'usual']} ${looks[kind]} ${className}`}
    >
      {children}
    </button>
  )
}

/** Enter in a field of its form is a click on it, too. */
function refuse(event: MouseEvent): void {
  event.preventDefault()
}
