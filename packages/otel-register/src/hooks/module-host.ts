import type { Target, Targets } from './targets.ts'

/** What the module hooks ask of whoever installs them. */
export interface ModuleHost {
  readonly targets: Targets
  /** Loads the instrumentations that wait for a module, each once. Throws nothing. */
  prepare(target: Target): void
  /** Tells that a module stays as it is: because changing it failed, or for a reason in words. Throws nothing. */
  refuse(moduleName: string, error: unknown): void
}
