// Code or class name: letters, digits and what joins them; what is longer is a message, not a type.
const ERROR_TYPE = /^[\w.:-]{1,64}$/

/** `error.type` of a thrown value: its code if it is short and plain, else the name of its class, else `_OTHER`. */
export function errorTypeOf(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null) return '_OTHER'
    const { code, name } = thrown as { readonly code?: unknown; readonly name?: unknown }
    if (typeof code === 'string' && ERROR_TYPE.test(code)) return code
    const className: unknown = thrown.constructor.name
    const type = typeof name === 'string' && name !== 'Error' ? name : className
    return typeof type === 'string' && ERROR_TYPE.test(type) ? type : '_OTHER'
  } catch {
    return '_OTHER'
  }
}
