import type { ResolvedConfig } from '@plutus/config'
import { dirname, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { watchBuiltins } from './hooks/builtins.ts'
import { listLoadedTargets, watchCommonJs } from './hooks/commonjs.ts'
import { onFirstImport, onFirstRequiredEsModule } from './hooks/es-module-triggers.ts'
import { createEsModuleInstaller } from './hooks/es-modules.ts'
import { onFirstFetch } from './hooks/first-fetch.ts'
import type { ModuleHost } from './hooks/module-host.ts'
import { createTargets } from './hooks/targets.ts'
import { createInstrumentationLoader } from './instrumentation-loader.ts'
import type { InstrumentationFile } from './instrumentation-loader.ts'
import { onFirstTurn } from './first-turn.ts'
import type { InstrumentationSpec } from './instrumentation-table.ts'
import { findFile, loadFile } from './own-files.ts'
import type { Teller } from './teller.ts'

/** What the module hooks are made of. */
export interface ModuleHooksOptions {
  readonly config: ResolvedConfig
  readonly chosen: readonly InstrumentationSpec[]
  /** `require` of the entry: everything that is loaded later is found from there. */
  readonly require: NodeJS.Require
  /** Path of the entry. */
  readonly entry: string
  /** Called when the application imports the entry once more. */
  readonly onRepeat: () => void
  readonly teller: Teller
}

/** Has each chosen instrumentation loaded, and the modules that it waits for patched, when the first of them is. */
export function installModuleHooks(options: ModuleHooksOptions): void {
  const { config, chosen, require, entry, onRepeat, teller } = options
  const esModules = config.get('PLUTUS_ESM')
  const refuse = createRefusal(teller)
  const loader = createInstrumentationLoader(readInstrumentation, refuse, config)
  const host: ModuleHost = {
    targets: createTargets(chosen),
    prepare: ({ specs }) => specs.forEach((spec) => loader.load(spec)),
    refuse,
  }
  const late = listLoadedTargets(host)
  if (late.length > 0) {
    teller.warn(
      `loaded before the hook and so not wholly observed: ${late.join(', ')}; load the hook first, by --require`,
    )
  }
  const builtins = watchBuiltins(host)
  watchCommonJs(host)
  const install = createEsModuleInstaller({
    host,
    builtins,
    require,
    entryUrl: pathToFileURL(entry).href,
    onRepeat,
    loaderUrl: findFile('loader-thread.js').href,
  })
  if (esModules === 'on') install()
  else {
    // Without hooks nothing tells which built-in modules are imported.
    const onEsModule = esModules === 'off' ? builtins.patchAll : install
    onFirstImport(onEsModule)
    onFirstRequiredEsModule(dirname(entry) + sep, onEsModule)
  }
  for (const spec of chosen) {
    if (spec.waitsFor === 'fetch') onFirstFetch((request) => loader.load(spec, request))
    else if (spec.waitsFor === 'start') onFirstTurn(() => loader.load(spec))
    else if (spec.waitsFor === 'lambda' && process.env['_HANDLER'] !== undefined) loader.load(spec)
  }
}

function readInstrumentation(name: string): InstrumentationFile {
  return loadFile(`instrumentations/${name}`) as InstrumentationFile
}

function createRefusal(teller: Teller): (name: string, error: unknown) => void {
  return (name, error) => {
    if (typeof error === 'string') {
      teller.warn(`${name} stays as it is: ${error}`)
      return
    }
    // The text of an error may quote anything; its kind is enough for a line.
    const kind = error instanceof Error ? error.name : typeof error
    const more = teller.tellsDebug ? '' : '; OTEL_LOG_LEVEL=debug tells more'
    teller.warn(`${name} stays as it is: instrumenting it failed with ${kind}${more}`)
    if (error instanceof Error) teller.debug(`${name}: ${error.stack ?? error.message}`)
  }
}
