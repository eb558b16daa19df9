/**
 * What the image holds, and nothing else: the workspaces of the product as they lie in the checkout. Node takes types away
 * only outside of node_modules, so the workspaces stay where they are and node_modules links to them.
 */

/** Files of the root that npm needs, and whose licence we carry. */
export const rootFiles: readonly string[] = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE']

/** Folders with workspaces of the product. `apps` holds built pages only (dist). */
const productFolders = ['packages', 'services']

/** Whether a file of the checkout (path with forward slashes, relative to the root) is part of the image. */
export function isInImage(path: string): boolean {
  if (rootFiles.includes(path) || path === 'deploy/docker/run-service') return true
  const [top = '', workspace = '', third = ''] = path.split('/')
  if (path.split('/').some((part) => part === 'node_modules' || part.startsWith('.'))) return false
  if (top === 'apps') return third === 'dist' || path === `apps/${workspace}/package.json`
  if (!productFolders.includes(top) || workspace === 'testkit') return false
  return !/\.test\.tsx?$/.test(path) && !path.endsWith('/README.md') && !path.endsWith('/tsconfig.json')
}

export interface Sbom {
  readonly serialNumber?: string
  readonly metadata?: {
    readonly timestamp?: string
    readonly component?: Readonly<Record<string, unknown>>
    readonly [key: string]: unknown
  }
  readonly [key: string]: unknown
}

/** The same contents have the same bill: npm puts the time, a random number and the folder's name into it. */
export function stableSbom({ serialNumber: _, metadata, ...rest }: Sbom): Sbom {
  const { timestamp: __, component, ...kept } = metadata ?? {}
  return { ...rest, metadata: { ...kept, component: { ...component, name: 'scanhook' } } }
}
