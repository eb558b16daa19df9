/**
 * Which parsed expressions are admitted as filters, so that none can cost more than a bounded time, whatever the event. The
 * library bounds what an expression is (nodes, depth, lists); what it does is bounded here, by a list of what may be called.
 *
 * Left out on purpose: `matches` (a backtracking regular expression of the author's), `map`, `filter`, `split`, `join`,
 * `cel.bind` (each can make a value larger than the event), bytes, and comprehensions inside of comprehensions.
 */
import type { ASTNode } from '@marcbachmann/cel-js'

/** What is wrong, and where in the text: [`startAt`, …), in UTF-16 units from 0. */
export interface Objection {
  readonly message: string
  readonly startAt: number
}

const comprehensions: readonly string[] = ['all', 'exists', 'exists_one']
const functions: readonly string[] = [
  'has',
  'size',
  'int',
  'double',
  'string',
  'bool',
  'timestamp',
  'duration',
  'asset_key',
  'location_key',
  'tag_type',
  'tag_value',
]
const methods: readonly string[] = [
  ...comprehensions,
  'size',
  'startsWith',
  'endsWith',
  'contains',
  'lowerAscii',
  'upperAscii',
  'trim',
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfWeek',
  'getHours',
  'getMinutes',
  'getSeconds',
]

/**
 * Of what is looked for by `contains`, and of a duration: looking for a long text in a long one takes the product of both
 * (V8 steps on by one in the worst case), and the library reads a duration with a regular expression that takes the cube. The
 * longest external keys that people search parts of have some 40 characters.
 */
const literalMaxLength = 64

/** Of what is done with each entry of a list: four comparisons. With 100 entries that is what a filter of 2,000 nodes does. */
const bodyMaxNodes = 20

interface Place {
  /** The variable of the comprehension around it; null: none. */
  readonly variable: string | null
}

/** What keeps the expression from being a filter; null: nothing. Expects what the library has parsed within its limits. */
export function objectionTo(root: ASTNode): Objection | null {
  return visit(root, { variable: null })
}

/** Whether it looks through lists, and so costs their length. */
export function looksThroughLists(node: ASTNode): boolean {
  if (node.op === 'rcall' && comprehensions.includes(node.args[0])) return true
  return childrenOf(node).some(looksThroughLists)
}

function visit(node: ASTNode, place: Place): Objection | null {
  switch (node.op) {
    case 'id':
      return ['event', 'data', place.variable].includes(node.args)
        ? null
        : objection(node, `unknown name ${node.args}: there are event and data`)
    case 'call':
    case 'rcall':
      return visitCall(node, place)
    case '.?':
    case '[?]':
    case 'map':
      return objection(node, 'maps and optional fields are not available in filters')
    default:
      return first(childrenOf(node), (child) => visit(child, place))
  }
}

function visitCall(node: ASTNode & { readonly op: 'call' | 'rcall' }, place: Place): Objection | null {
  const name = node.args[0]
  if (!(node.op === 'call' ? functions : methods).includes(name))
    return objection(node, `${name} is not available in filters`)
  if (node.op === 'rcall' && comprehensions.includes(name)) return visitComprehension(node, place)
  return objectionToUse(node, place) ?? first(childrenOf(node), (child) => visit(child, place))
}

/** What is available, and costs too much used so. */
function objectionToUse(node: ASTNode & { readonly op: 'call' | 'rcall' }, place: Place): Objection | null {
  const name = node.args[0]
  // Asking for a time zone takes 20 µs, a hundred times what anything else does.
  if (name.startsWith('get') && place.variable !== null)
    return objection(node, `${name} may not stand inside of all, exists or exists_one`)
  if (name !== 'contains' && name !== 'duration') return null
  const [argument] = node.op === 'call' ? node.args[1] : node.args[2]
  const literal = argument?.op === 'value' ? argument.args : null
  if (typeof literal === 'string' && literal.length <= literalMaxLength) return null
  return objection(node, `${name} takes a text in quotes of at most ${literalMaxLength} characters`)
}

function visitComprehension(node: ASTNode & { readonly op: 'rcall' }, place: Place): Objection | null {
  const [name, list, [variable, body]] = node.args
  if (place.variable !== null) return objection(node, `${name} may not stand inside another one`)
  if (variable?.op !== 'id' || body === undefined)
    return objection(node, `${name} takes a name and a condition: data.items.${name}(item, item.weight > 5)`)
  if (countOf(body) > bodyMaxNodes)
    return objection(
      node,
      `the condition of ${name} is too long: at most ${bodyMaxNodes} names, values and operators`,
    )
  // Shadowing `data` would make its meaning depend on the place.
  if (['event', 'data'].includes(variable.args))
    return objection(variable, `${variable.args} is taken: choose another name`)
  return visit(list, place) ?? visit(body, { variable: variable.args })
}

/** How often lists are looked through; each time costs the same. */
export function comprehensionCount(node: ASTNode): number {
  const own = node.op === 'rcall' && comprehensions.includes(node.args[0]) ? 1 : 0
  return childrenOf(node).reduce((sum, child) => sum + comprehensionCount(child), own)
}

function countOf(node: ASTNode): number {
  return childrenOf(node).reduce((sum, child) => sum + countOf(child), 1)
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

function first(nodes: readonly ASTNode[], find: (node: ASTNode) => Objection | null): Objection | null {
  for (const node of nodes) {
    const found = find(node)
    if (found !== null) return found
  }
  return null
}

function objection({ start }: ASTNode, message: string): Objection {
  return { message, startAt: start }
}
