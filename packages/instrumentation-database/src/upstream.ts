import { normalize } from 'node:path'
import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import { isMethod } from './method.ts'
import type { Method } from './method.ts'

/** The public part of an upstream instrumentation that is needed here. */
export interface DatabaseInstrumentation {
  readonly instrumentationName: string
  readonly instrumentationVersion: string
  setTracerProvider(provider: TracerProvider): void
  setMeterProvider(provider: MeterProvider): void
  getConfig(): object
}

/** A file of a module, as `InstrumentationNodeModuleFile` has it. */
interface ModuleFile {
  readonly name: string
  readonly supportedVersions: string[]
  readonly patch: (exports: unknown, version?: string) => unknown
  readonly unpatch: (exports?: unknown) => void
  moduleExports?: unknown
}

/** A module, as `InstrumentationNodeModuleDefinition` has it. */
interface ModuleDefinition {
  readonly name: string
  readonly supportedVersions: string[]
  readonly files: ModuleFile[]
  patch?: ((exports: unknown, version?: string) => unknown) | undefined
}

/** Wraps one method of a target, unless it is wrapped already. */
export type Wrap = (target: object, name: PropertyKey, wrapper: (original: Method) => Method) => void

/** What is used of the inside of upstream's `InstrumentationBase`. */
export interface UpstreamInternals extends DatabaseInstrumentation {
  _wrap: (target: object, name: PropertyKey, wrapper: (original: Method) => Method) => unknown
  _unwrap: (target: object, name: PropertyKey) => unknown
  _modules?: readonly ModuleDefinition[]
  getModuleDefinitions(): ModuleDefinition[]
  setConfig(config: object): void
  isEnabled?(): boolean
}

/** A change to a module beside those that upstream makes. */
export interface ModulePatch {
  readonly module: string
  /** A file of the module, such as `lib/pool.js`; the module's main exports if left out. */
  readonly file?: string
  readonly supportedVersions: readonly string[]
  readonly patch: (exports: unknown) => void
}

/** Adds patches to the definitions that an instrumentation has, those in use and those it will make. */
export function addModulePatches(instrumentation: UpstreamInternals, patches: readonly ModulePatch[]): void {
  const add = (definitions: readonly ModuleDefinition[]): void => {
    for (const patch of patches) {
      const ofModule = definitions.filter(({ name }) => name === patch.module)
      const definition =
        ofModule.find(({ supportedVersions }) => sharesVersions(supportedVersions, patch)) ?? ofModule[0]
      if (definition !== undefined) addPatch(definition, patch)
    }
  }
  add(instrumentation._modules ?? [])
  const getDefinitions = instrumentation.getModuleDefinitions.bind(instrumentation)
  instrumentation.getModuleDefinitions = () => {
    const definitions = getDefinitions()
    add(definitions)
    return definitions
  }
}

function sharesVersions(versions: readonly string[], patch: ModulePatch): boolean {
  return patch.supportedVersions.every((version) => versions.includes(version))
}

function addPatch(definition: ModuleDefinition, { module, file, supportedVersions, patch }: ModulePatch): void {
  if (file !== undefined) {
    definition.files.push({
      name: normalize(`${module}/${file}`),
      supportedVersions: [...supportedVersions],
      patch: (exports) => {
        patch(exports)
        return exports
      },
      unpatch: () => undefined, // what was put in asks whether the instrumentation is enabled
    })
    return
  }
  const original = definition.patch
  definition.patch = (exports, version) => {
    const patched = original === undefined ? exports : original(exports, version)
    patch(patched)
    return patched
  }
}

/**
 * Has `replace` decide about each method that upstream wraps: another wrapper, `false` to leave the method alone, or
 * `undefined` for upstream's own.
 */
export function interceptWraps(
  instrumentation: UpstreamInternals,
  replace: (target: object, name: PropertyKey) => ((original: Method) => Method) | false | undefined,
): Wrap {
  const wrap = instrumentation._wrap.bind(instrumentation)
  const unwrap = instrumentation._unwrap.bind(instrumentation)
  instrumentation._wrap = (target, name, wrapper) => {
    const replacement = replace(target, name)
    return replacement === false ? undefined : wrap(target, name, replacement ?? wrapper)
  }
  instrumentation._unwrap = (target, name) => {
    const method = (target as Record<PropertyKey, unknown>)[name]
    return isMethod(method) && '__unwrap' in method ? unwrap(target, name) : undefined
  }
  return (target, name, wrapper) => {
    if (isMethod((target as Record<PropertyKey, unknown>)[name])) wrap(target, name, wrapper)
  }
}
