/**
 * What a person would notice on a page and axe-core does not: what stands over its edge, what the keyboard does not reach, where
 * the focus can't be seen. Each answers with a list of what is wrong; an empty one is a good page.
 */
import type { Page } from 'playwright-core'

/** Short, for a report: the element's opening tag. */
const tagOf = `const tagOf = (element) => element.outerHTML.split('>', 1)[0].slice(0, 160) + '>';`

/** WCAG 1.4.10: nothing is scrolled in two directions. Tables and what is shown byte for byte may be, in frames of their own. */
export async function overflowOn(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    ${tagOf}
    const wrong = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) {
      wrong.push('the page is ' + document.documentElement.scrollWidth + ' px wide in a window of ' + width);
      for (const element of document.querySelectorAll('body *')) {
        const { right, width: own } = element.getBoundingClientRect();
        if (own > 0 && right > width + 1 && element.closest('[data-x-scrolls]') === null && wrong.length < 6)
          wrong.push(Math.round(right) + ': ' + tagOf(element));
      }
    }
    for (const element of document.querySelectorAll('body *')) {
      const { overflowX } = getComputedStyle(element);
      if (overflowX !== 'auto' && overflowX !== 'scroll') continue;
      if (element.scrollWidth <= element.clientWidth + 1) continue;
      if (element.querySelector('[role=table], table, pre') === null && element.closest('[role=table]') === null)
        wrong.push('scrolls sideways: ' + tagOf(element));
    }
    return wrong;
  })()`)
}

const focusable = `a[href], button, input, select, textarea, summary, [tabindex="0"]`
const marker = 'data-walk'

interface Stop {
  readonly mark: string | null
  readonly tag: string
  readonly hasOutline: boolean
  readonly isSeen: boolean
}

/** More stops than a screen has; a trap would never end. */
const stopsMax = 400

/**
 * Goes through the page with the Tab key alone (WCAG 2.1.1, 2.1.2, 2.4.7, 2.4.11): everything that can be clicked is reached, each
 * stop has an outline, and none lies under something else.
 */
export async function keyboardProblemsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(`(() => {
    let mark = 0;
    for (const element of document.querySelectorAll('${focusable}')) element.setAttribute('${marker}', String(mark++));
    // Wherever somebody was: from the top of the page.
    const start = document.createElement('span');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
  })()`)
  const wrong = new Set<string>()
  const reached = new Set<string>()
  let lastMark: string | null = null
  for (let count = 0; ; count += 1) {
    if (count === stopsMax) return ['the focus does not come out of the page']
    await page.keyboard.press('Tab')
    const stop: Stop | null = await page.evaluate(`(() => {
      ${tagOf}
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { left, top, right, bottom } = element.getBoundingClientRect();
      // Any place of it: a line of text that is broken has its middle beside it.
      const places = [[(left + right) / 2, (top + bottom) / 2], ...[...element.getClientRects()].map((r) => [r.left + 4, r.top + r.height / 2])];
      const isSeen = places.some(([x, y]) => {
        const hit = document.elementFromPoint(x, y);
        return hit !== null && (element.contains(hit) || hit.contains(element));
      });
      return {
        mark: element.getAttribute('${marker}'), tag: tagOf(element), isSeen,
        hasOutline: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
      };
    })()`)
    if (stop === null) break
    // A field for a date is several stops. What was reached before another one: round, the browser's own frame is none of the page's.
    if (stop.mark !== null && stop.mark !== lastMark && reached.has(stop.mark)) break
    if (stop.mark !== null) reached.add(stop.mark)
    lastMark = stop.mark
    if (!stop.hasOutline) wrong.add(`no outline: ${stop.tag}`)
    if (!stop.isSeen) wrong.add(`the focus is hidden: ${stop.tag}`)
  }
  const missed: readonly string[] = await page.evaluate(`(() => {
    ${tagOf}
    const reached = new Set(${JSON.stringify([...reached])});
    const isThere = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled && element.closest('[inert]') === null;
    // Of tabs and radio buttons one is reached, and the arrows go on from it; of the rows of a table, j and k.
    const isRoving = (element) => element.matches('[role=tab], [role=tablist], [type=radio], [role=row]');
    const missed = [...document.querySelectorAll('[${marker}]')]
      .filter((element) => isThere(element) && !isRoving(element) && !reached.has(element.getAttribute('${marker}')))
      .map((element) => 'not reached: ' + tagOf(element));
    const pointed = [...document.querySelectorAll('body *')]
      .filter((element) => getComputedStyle(element).cursor === 'pointer' && isThere(element))
      .filter((element) => element.closest('${focusable}, label, option') === null && element.querySelector('${focusable}') === null)
      .filter((element) => element.closest('[role=row]')?.querySelector('${focusable}') == null)
      .map((element) => 'only for the mouse: ' + tagOf(element));
    return [...missed, ...pointed];
  })()`)
  return [...wrong, ...missed]
}

/** With `prefers-reduced-motion`, what still moves: a hundredth of a second is no movement that anybody sees. */
export async function movementOn(page: Page): Promise<readonly string[]> {
  return page.evaluate(`document.getAnimations()
    .filter((each) => each.playState === 'running' && Number(each.effect?.getComputedTiming().duration ?? 0) > 10)
    .map((each) => each.effect.target?.outerHTML?.slice(0, 160) ?? 'something')`)
}
