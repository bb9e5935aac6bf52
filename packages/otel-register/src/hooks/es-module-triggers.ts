import { channel } from 'node:diagnostics_channel'
import Module from 'node:module'
import { keepName } from './keep-name.ts'

/**
 * Calls back when the first module is imported, before it is resolved: an application that never imports pays nothing.
 * An entry point that can only be CommonJS does not count: with `--import`, that one is loaded as an import too.
 */
export function onFirstImport(callback: () => void): void {
  const start = channel('tracing:module.import:start')
  const onStart = (message: unknown): void => {
    const { parentURL, url } = message as { readonly parentURL?: unknown; readonly url?: unknown }
    if (parentURL === undefined && String(url).endsWith('.cjs')) return
    start.unsubscribe(onStart)
    callback()
  }
  start.subscribe(onStart)
}

/**
 * Calls back when CommonJS requires the first ES module, before what that one imports is resolved.
 *
 * Node notes the format on the module and then reads `_compile`: that is the moment. In a Node that does otherwise,
 * nothing happens until something is imported.
 *
 * @param ownFolder Files below it are the hook's own, which it requires itself, and do not count.
 */
export function onFirstRequiredEsModule(ownFolder: string, callback: () => void): void {
  const { prototype } = Module as unknown as { readonly prototype: { _compile: unknown } }
  const descriptor = Object.getOwnPropertyDescriptor(prototype, '_compile')
  if (descriptor === undefined || typeof descriptor.value !== 'function') return
  let compile: unknown = descriptor.value
  keepName(compile, '_compile')
  const accessor = {
    configurable: true,
    enumerable: descriptor.enumerable === true,
    get(this: object) {
      if (isEsModule(this) && !isBelow(this, ownFolder)) {
        if (Object.getOwnPropertyDescriptor(prototype, '_compile')?.get === accessor.get) {
          Object.defineProperty(prototype, '_compile', { ...descriptor, value: compile })
        }
        callback()
      }
      return compile
    },
    set(this: object, value: unknown) {
      if (this === prototype) compile = value
      else Object.defineProperty(this, '_compile', { ...descriptor, value })
    },
  }
  Object.defineProperty(prototype, '_compile', accessor)
}

function isBelow(module: object, folder: string): boolean {
  const { id } = module as { readonly id?: unknown }
  return typeof id === 'string' && id.startsWith(folder)
}

let formatKey: symbol | undefined

function isEsModule(module: object): boolean {
  formatKey ??= Object.getOwnPropertySymbols(module).find(({ description }) => description === 'kFormat')
  if (formatKey === undefined) return false
  const format = (module as { readonly [key: symbol]: unknown })[formatKey]
  return format === 'module' || format === 'module-typescript'
}
