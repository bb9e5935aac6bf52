import Module, { syncBuiltinESMExports } from 'node:module'
import { keepName } from './keep-name.ts'
import type { ModuleHost } from './module-host.ts'
import { patchRequired } from './patches.ts'
import { createStackRepair } from './stack-repair.ts'

type Require = (this: unknown, id: unknown) => unknown

const internals = Module as unknown as { readonly prototype: { require: Require } }

/** Watches for the built-in modules that instrumentations wait for. */
export interface BuiltinWatch {
  /** Patches a built-in module by its name without `node:`, if it is still waited for. Throws nothing. */
  readonly patch: (name: string) => void
  /** Patches all that are still waited for. Throws nothing. */
  readonly patchAll: () => void
  /** Leaves `require` alone from now on: somebody else sees what is required and calls `patch`. */
  readonly leaveRequire: () => void
}

/**
 * Has wanted built-in modules patched, for `require` and `import` alike, when they are first asked for by `require` or
 * `process.getBuiltinModule`. Once all of them are, both functions are again what they were.
 */
export function watchBuiltins(host: ModuleHost): BuiltinWatch {
  const waiting = new Set([...host.targets.keys()].filter((name) => Module.isBuiltin(name)))
  const { prototype } = internals
  const original = prototype.require
  keepName(original, 'require')
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and it needs no `this`
  const { getBuiltinModule } = process

  const patch = (name: string): void => {
    if (!waiting.delete(name)) return
    if (waiting.size === 0) {
      leaveRequire()
      if (process.getBuiltinModule === get) process.getBuiltinModule = getBuiltinModule
    }
    const target = host.targets.get(name)
    if (target === undefined) return
    try {
      const exports: unknown = getBuiltinModule(name)
      host.prepare(target)
      patchRequired(exports, { name, file: undefined, baseDir: undefined })
      syncBuiltinESMExports() // named imports follow
    } catch (error) {
      host.refuse(name, error)
    }
  }
  const look = (id: unknown): void => {
    if (typeof id === 'string') patch(id.startsWith('node:') ? id.slice(5) : id)
  }
  const { pass, repair } = createStackRepair()
  let depth = 0
  const require: Require = function (this: unknown, id) {
    look(id)
    let isLoaded = false
    depth++
    try {
      const exports = original.call(this, id)
      isLoaded = true
      return exports
    } finally {
      depth--
      if (!isLoaded) pass(depth)
    }
  }
  const get = ((id: string) => {
    look(id)
    return getBuiltinModule(id)
  }) as typeof getBuiltinModule
  Object.defineProperty(get, 'name', { configurable: true, value: 'getBuiltinModule' })
  const leaveRequire = (): void => {
    if (prototype.require === require) prototype.require = original
  }

  if (waiting.size > 0) {
    process.on('uncaughtExceptionMonitor', repair)
    prototype.require = require
    process.getBuiltinModule = get
  }
  return { patch, patchAll: () => [...waiting].forEach(patch), leaveRequire }
}
