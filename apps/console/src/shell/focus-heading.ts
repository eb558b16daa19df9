/**
 * After a step to another screen the focus goes to its heading: a screen reader says where it is, and Tab goes on from there. Owns
 * whether that is still to be done, because screens and what they show come later than their address.
 */
let isDue = false

/** The address changed: the heading that is there gets the focus, or the first that comes. */
export function expectHeading(main: HTMLElement | null): void {
  isDue = true
  main?.focus({ preventScroll: true })
  const heading = main?.querySelector<HTMLElement>('h1')
  if (heading != null) focusHeading(heading)
}

/** What had the focus is gone (a row that was deleted, the button that opened it): the heading gets it, not the whole page. */
export function rescueFocus(): void {
  const { activeElement } = document
  if (activeElement === null || activeElement === document.body)
    expectHeading(document.getElementById('main'))
}

/** A heading has come. One that stands only while something is loaded leaves the focus to the next (`data-interim`). */
export function focusHeading(heading: HTMLElement): void {
  if (!isDue) return
  const { activeElement } = document
  const isFree = activeElement === null || activeElement === document.body || activeElement.id === 'main'
  // Somebody has gone on by themselves: they are not called back.
  if (!isFree) isDue = false
  else heading.focus({ preventScroll: true })
  if (heading.dataset['interim'] === undefined) isDue = false
}
