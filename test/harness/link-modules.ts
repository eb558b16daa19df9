/** `node_modules` of a folder with other sources of the product. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './service-process.ts'

/** Outside packages are this checkout's; workspaces are the folder's own, so that its services import its packages. */
export function linkModules(folder: string): void {
  const from = join(root, 'node_modules')
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@scanhook'), { recursive: true })
  for (const name of readdirSync(from))
    if (name !== '@scanhook') symlinkSync(join(from, name), join(modules, name))
  for (const kind of ['packages', 'services']) {
    for (const name of readdirSync(join(folder, kind))) {
      symlinkSync(join(folder, kind, name), join(modules, '@scanhook', name))
      const own = join(root, kind, name, 'node_modules')
      const target = join(folder, kind, name, 'node_modules')
      if (existsSync(own) && !existsSync(target)) symlinkSync(own, target)
    }
  }
}
