/**
 * Gives a method of Node the name that it has in call stacks. They take it from the property that holds the method, and
 * an accessor holds nothing: `Module.load` would become `Module.<anonymous>`.
 */
export function keepName(method: unknown, name: string): void {
  if (typeof method === 'function' && method.name === '') {
    Object.defineProperty(method, 'name', { configurable: true, value: name })
  }
}
