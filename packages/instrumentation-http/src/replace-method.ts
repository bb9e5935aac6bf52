import { endPatch } from './end-patch.ts'

type Method = (this: never, ...args: never[]) => unknown

/**
 * Replaces a class's own method and returns a function that undoes it; `undefined` if the class has no such method, or
 * none that can be replaced: then it is not the class that this was written for.
 */
export function replaceMethod<T extends Method>(
  prototype: object,
  name: string,
  wrap: (original: T) => T,
): (() => void) | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof descriptor?.value !== 'function' || descriptor.configurable !== true) return undefined
  const original = descriptor.value as T
  const wrapped = wrap(original)
  let isOver = false
  const replaced = function (this: unknown): unknown {
    // oxlint-disable-next-line prefer-rest-params -- every call comes by here
    return Reflect.apply(isOver ? original : wrapped, this as never, arguments as unknown as never[])
  }
  Object.defineProperties(replaced, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  })
  Object.defineProperty(prototype, name, { ...descriptor, value: replaced })
  return () => {
    isOver = true
    endPatch(prototype, name, replaced, () => Object.defineProperty(prototype, name, descriptor))
  }
}
