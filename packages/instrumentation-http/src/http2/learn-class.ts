import { syncBuiltinESMExports } from 'node:module'
import { quietly } from '../quietly.ts'

type Factory = (this: unknown, ...args: unknown[]) => unknown

/**
 * Has `found` called with the first object that a function of a built-in module makes: its class is exported nowhere.
 *
 * The function is replaced until then, for `require` and `import` alike, and afterwards is what it was. Something that
 * is no function, or that cannot be replaced, stays as it is. Returns a function that gives up.
 */
export function learnClass(module: object, name: string, found: (first: object) => void): () => void {
  const exports = module as Record<string, unknown>
  const descriptor = Object.getOwnPropertyDescriptor(exports, name)
  if (typeof descriptor?.value !== 'function' || descriptor.writable !== true) return () => undefined
  const original = descriptor.value as Factory
  const restore = (): void => {
    if (exports[name] !== wrapper) return
    exports[name] = original
    syncBuiltinESMExports()
  }
  let isFound = false
  const wrapper: Factory = function (this: unknown, ...args) {
    const made = Reflect.apply(original, this, args)
    if (!isFound && typeof made === 'object' && made !== null) {
      isFound = true
      quietly(() => {
        restore()
        found(made)
      })
    }
    return made
  }
  Object.defineProperties(wrapper, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  })
  exports[name] = wrapper
  syncBuiltinESMExports()
  return restore
}
