import type { InitializeHook, LoadHook, ResolveFnOutput, ResolveHook } from 'node:module'
import type { MessagePort } from 'node:worker_threads'
import { createHook } from 'import-in-the-middle/create-hook.mjs'
import { matchEsModule } from './es-module-match.ts'
import type { WantedParts } from './es-module-match.ts'

// Runs on the thread of the loader, on Nodes whose hooks cannot run in the application's.

/** What the thread is started with. */
export interface LoaderData {
  readonly wanted: WantedParts
  readonly wrapperUrl: string
  /** Address of the hook's entry; the port gets a message each time that somebody imports it. */
  readonly entryUrl: string
  readonly port: MessagePort
}

let wanted: WantedParts = new Map()
let onResolved: (url: string) => void = () => {}
let hook: ReturnType<typeof createHook> | undefined

export const initialize: InitializeHook<LoaderData> = (data) => {
  wanted = data.wanted
  onResolved = (url) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
    if (url === data.entryUrl) data.port.postMessage('imported')
  }
  hook = createHook({ url: data.wrapperUrl })
  hook.applyOptions({ shouldInclude: () => true })
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const parent = context.parentURL ?? ''
  if (hook === undefined) return await nextResolve(specifier, context)
  if (specifier.includes('iitm=') || parent.includes('iitm=')) {
    return await hook.resolve(specifier, context, nextResolve)
  }
  const result = await nextResolve(specifier, context)
  onResolved(result.url)
  if (result.format !== 'module' || matchEsModule(result.url, specifier, wanted) === undefined) return result
  let first: ResolveFnOutput | undefined = result
  return await hook.resolve(specifier, context, async (again, with_) => {
    const answer = first ?? (await nextResolve(again, with_))
    first = undefined // it is kept to resolve what the module re-exports
    return answer
  })
}

export const load: LoadHook = async (url, context, nextLoad) =>
  hook === undefined ? await nextLoad(url, context) : await hook.load(url, context, nextLoad)
