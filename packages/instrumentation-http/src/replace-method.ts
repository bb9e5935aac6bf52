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
  const replaced = wrap(original)
  Object.defineProperties(replaced, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  })
  Object.defineProperty(prototype, name, { ...descriptor, value: replaced })
  return () => {
    if ((prototype as Record<string, unknown>)[name] !== replaced) return
    Object.defineProperty(prototype, name, descriptor)
  }
}
