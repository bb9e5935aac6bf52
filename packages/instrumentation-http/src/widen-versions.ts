import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation'

/**
 * Has an upstream instrumentation act on releases of its library that are newer than those it lists, and returns it.
 *
 * For releases that changed nothing of what it patches; to be called before the library is loaded.
 *
 * @param versions ranges as npm writes them, in place of every range of the instrumentation.
 * @example widenVersions(new NestInstrumentation(), ['>=4.0.0 <13'])
 */
export function widenVersions<T extends Instrumentation>(instrumentation: T, versions: readonly string[]): T {
  const { _modules: modules } = instrumentation as unknown as { readonly _modules: InstrumentationModuleDefinition[] }
  for (const definition of modules) {
    definition.supportedVersions = [...versions]
    for (const file of definition.files) file.supportedVersions = [...versions]
  }
  return instrumentation
}
