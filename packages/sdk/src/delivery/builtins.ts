/**
 * Loads a built-in module when it is needed. It is the function as Node made it, taken before anybody replaces it:
 * that this engine sends something is no reason to load instrumentations of HTTP or TLS.
 */
export const loadBuiltin: typeof process.getBuiltinModule = process.getBuiltinModule.bind(process)
