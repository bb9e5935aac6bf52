import { types } from 'node:util'

/**
 * Puts `value` in place of an export and returns what the module's importers get from then on.
 *
 * CommonJS exports made by a compiler are often getters that cannot be redefined; then a copy with the new member is
 * returned. The namespaces that the hook for ES modules hands out take new values.
 */
export function replaceExport(exports: object, name: string, value: unknown): unknown {
  if (types.isProxy(exports)) {
    Object.defineProperty(exports, name, { value })
    return exports
  }
  const descriptor = { configurable: true, enumerable: true, writable: true, value }
  if (Object.getOwnPropertyDescriptor(exports, name)?.configurable !== false) {
    Object.defineProperty(exports, name, descriptor)
    return exports
  }
  const members = { ...Object.getOwnPropertyDescriptors(exports), [name]: descriptor }
  return Object.create(Object.getPrototypeOf(exports) as object | null, members)
}
