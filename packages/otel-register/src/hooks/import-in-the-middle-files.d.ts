declare module 'import-in-the-middle/create-hook.mjs' {
  import type { LoadHook, LoadHookSync, ResolveHook, ResolveHookSync } from 'node:module'

  export function createHook(meta: { readonly url: string }): {
    applyOptions(options: { shouldInclude(url: string, specifier: string): boolean }): void
    readonly resolve: ResolveHook
    readonly load: LoadHook
    readonly resolveSync: ResolveHookSync
    readonly loadSync: LoadHookSync
  }
}
