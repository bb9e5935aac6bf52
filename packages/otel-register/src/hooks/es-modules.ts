import type { createHook } from 'import-in-the-middle/create-hook.mjs'
import Module from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuiltinWatch } from './builtins.ts'
import { isPatchedRequired } from './commonjs.ts'
import { onExit } from '../quiet-end.ts'
import { matchEsModule } from './es-module-match.ts'
import type { EsModuleMatch } from './es-module-match.ts'
import type { LoaderData } from './loader-thread.ts'
import type { ModuleHost } from './module-host.ts'
import { findPackageFile } from './package-file.ts'
import { hasVersion, NO_VERSION } from './package-version.ts'
import { patchImported, patchImportedFile } from './patches.ts'

type Resolve = Module.ResolveHookSync
type Namespace = Record<string, unknown>

/** What is used of the package import-in-the-middle. */
interface ImportInTheMiddle {
  readonly addHook: (hook: (url: string, namespace: Namespace, specifier: string) => void) => void
}
type Wrapper = ReturnType<CreateHook['createHook']>
interface CreateHook {
  readonly createHook: typeof createHook
}
interface SupportsSyncHooks {
  readonly supportsSyncHooks: () => boolean
}

/** What the hooks for ES modules need beside the host of all module hooks. */
export interface EsModuleOptions {
  readonly host: ModuleHost
  readonly builtins: BuiltinWatch
  /** `require` of the hook's entry: finds import-in-the-middle beside it. */
  readonly require: NodeJS.Require
  /** Address of the hooks that run on the loader's thread, where hooks cannot run in this one. */
  readonly loaderUrl: string
  /** Address of the hook's entry, and whom to tell that the application imports it once more. */
  readonly entryUrl: string
  readonly onRepeat: () => void
}

/**
 * Returns the function that installs the hooks for ES modules; from its second call on it does nothing.
 *
 * Where Node has hooks that run in the thread of the application, they look at every address that is resolved and hand
 * the few wanted ES modules to import-in-the-middle, which is loaded with the first of them. Older Nodes get its
 * loader's thread.
 */
export function createEsModuleInstaller(options: EsModuleOptions): () => void {
  let isInstalled = false
  return () => {
    if (isInstalled) return
    isInstalled = true
    try {
      const { supportsSyncHooks } = options.require('import-in-the-middle/supports-sync-hooks.mjs') as SupportsSyncHooks
      if (supportsSyncHooks()) installHere(options)
      else installOnLoaderThread(options)
    } catch (error) {
      options.host.refuse('ES modules', error)
    }
  }
}

function installHere({ host, builtins, require, entryUrl, onRepeat }: EsModuleOptions): void {
  const wanted = wantedParts(host)
  const matches = new Map<string, EsModuleMatch>()
  const ownFolder = new URL('.', entryUrl).href
  let wrapper: Wrapper | undefined

  const startWrapper = (): Wrapper => {
    const hook = (require('import-in-the-middle/create-hook.mjs') as CreateHook).createHook({
      url: pathToFileURL(require.resolve('import-in-the-middle/hook.mjs')).href,
    })
    hook.applyOptions({ shouldInclude: () => true })
    Module.registerHooks({ load: hook.loadSync })
    receiveNamespaces(require, host, (url) => matches.get(url))
    return hook
  }

  builtins.leaveRequire() // what is required is resolved here too
  Module.registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const parent = context.parentURL ?? ''
      if (wrapper !== undefined && (specifier.includes('iitm=') || parent.includes('iitm='))) {
        return wrapper.resolveSync(specifier, context, nextResolve)
      }
      const result = nextResolve(specifier, context)
      // The hook's own files: loading another of them while these are being linked fails.
      if (parent.startsWith(ownFolder)) return result
      try {
        const { url } = result
        if (url.startsWith('node:')) {
          builtins.patch(url.slice(5))
          return result
        }
        if (url === entryUrl) onRepeat()
        if (result.format !== 'module' || isRequired(context.conditions)) return result
        const match = matchEsModule(url, specifier, wanted)
        if (match === undefined) return result
        matches.set(url, match)
        wrapper ??= startWrapper()
        return wrapper.resolveSync(specifier, context, answerFirst(result, nextResolve))
      } catch (error) {
        host.refuse(specifier, error)
        return result
      }
    },
  })
}

/** A resolver that has its first answer already; import-in-the-middle keeps it to resolve what a module re-exports. */
function answerFirst(result: Module.ResolveFnOutput, nextResolve: Parameters<Resolve>[2]): Parameters<Resolve>[2] {
  let first: Module.ResolveFnOutput | undefined = result
  return (specifier, context) => {
    const answer = first ?? nextResolve(specifier, context)
    first = undefined
    return answer
  }
}

// `require` of an ES module keeps the module itself; import-in-the-middle leaves it alone too.
function isRequired(conditions: Iterable<string> | undefined): boolean {
  if (conditions === undefined) return false
  for (const condition of conditions) if (condition === 'require') return true
  return false
}

function installOnLoaderThread(options: EsModuleOptions): void {
  try {
    // Throws where the working directory is gone: Node waits for ever for a loader thread, which cannot start there.
    process.cwd()
    startLoaderThread(options)
  } finally {
    // Over there nobody can change a built-in module of this thread in time.
    options.builtins.patchAll()
  }
}

function startLoaderThread({ host, require, loaderUrl, entryUrl, onRepeat }: EsModuleOptions): void {
  const wanted = wantedParts(host)
  const { MessageChannel, receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads')
  const { port1, port2 } = new MessageChannel()
  const wrapperUrl = pathToFileURL(require.resolve('import-in-the-middle/hook.mjs')).href
  const data: LoaderData = { wanted, wrapperUrl, entryUrl, port: port2 }
  receiveNamespaces(require, host, (url, specifier) => matchEsModule(url, specifier, wanted))
  Module.register(loaderUrl, { data, transferList: [port2] })
  port1.on('message', onRepeat)
  port1.unref()
  onExit(() => {
    if (receiveMessageOnPort(port1) !== undefined) onRepeat()
  })
}

function receiveNamespaces(
  require: NodeJS.Require,
  host: ModuleHost,
  find: (url: string, specifier: string) => EsModuleMatch | undefined,
): void {
  const { addHook } = require('import-in-the-middle') as ImportInTheMiddle
  addHook((url, namespace, specifier) => {
    const match = find(url, specifier)
    if (match === undefined) return
    try {
      patchNamespace(namespace, url, match, host)
    } catch (error) {
      host.refuse(match.packageName, error)
    }
  })
}

function patchNamespace(namespace: Namespace, url: string, match: EsModuleMatch, host: ModuleHost): void {
  const target = host.targets.get(match.packageName)
  // A front for the CommonJS build, which has been patched itself.
  if (target === undefined || isPatchedRequired(namespace['default'])) return
  const filename = fileURLToPath(url)
  const baseDir = findPackageFile(filename)?.baseDir
  if (baseDir === undefined || !hasVersion(baseDir)) {
    host.refuse(match.packageName, NO_VERSION)
    return
  }
  host.prepare(target)
  patchImported(namespace, {
    name: match.packageName,
    file: match.file,
    baseDir,
  })
  patchImportedFile(namespace, filename)
}

function wantedParts({ targets }: ModuleHost): Map<string, readonly string[]> {
  const wanted = new Map<string, readonly string[]>()
  for (const { name, hasMain, files } of targets.values()) wanted.set(name, [...(hasMain ? ['.'] : []), ...files])
  return wanted
}
