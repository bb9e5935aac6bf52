import { describeConfig, resolveConfig } from '@plutus/config'
import type { ResolvedConfig } from '@plutus/config'
import { configureEvents } from '@plutus/events'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine } from './engine.ts'
import { flushAtExit, flushHolding } from './exit-flush.ts'
import { chooseInstrumentations } from './instrumentation-choice.ts'
import { INSTRUMENTATIONS } from './instrumentation-table.ts'
import type { InstrumentationSpec } from './instrumentation-table.ts'
import { onFirstTurn } from './first-turn.ts'
import { installModuleHooks } from './module-hooks.ts'
import { loadFile } from './own-files.ts'
import type * as CodeFile from './parts/code-file.ts'
import { recordProcessEvents, recordProcessStopped } from './process-events.ts'
import { watchSignals } from './signals.ts'
import { describeInstrumentations, readDependencies } from './start-line.ts'
import { claimStart, findStartState, isImportedTwice, tellRepeat } from './start-state.ts'
import { createHookRedaction } from './redaction.ts'
import { createTeller } from './teller.ts'
import { loadPart } from './plutus/load-part.ts'
import { startPlutus } from './plutus/start-plutus.ts'
import { findWorkingDirectory } from './working-directory.ts'

/** What the entry hands over. */
export interface StartOptions {
  /** `require` of the entry: everything that is loaded later is found from there. */
  readonly require: NodeJS.Require
  /** Path of the entry. */
  readonly entry: string
  /** Version of the package. */
  readonly version: string
  /** A worker thread of the application: it sends for itself, and leaves signals and words to the main thread. */
  readonly isWorker: boolean
  /**
   * What files were compiled to, where that can be kept for the next start: that of the start, and from when it is loaded
   * that of what is needed soon after it.
   */
  readonly codes?: readonly CompiledCode[] | undefined
}

/** Code of a file as V8 made it, and where it may be kept. */
export interface CompiledCode {
  /** Absolute path of a folder that only this user may write to. */
  readonly folder: string
  /** Absolute path of the file. */
  readonly file: string
  /** Whether code was there. */
  readonly isFound: boolean
  /** Whether V8 had no use for it: it was made under other flags, and is left to those that run with them. */
  readonly isRefused: boolean
  readonly create: () => Buffer
}

/** Starts the hook in this thread, unless one has started already. Throws nothing that a setting could cause. */
export function start({ require, entry, version, isWorker, codes = [] }: StartOptions): void {
  const given = resolveConfig(process.env)
  const redaction = createHookRedaction(given)
  const teller = createTeller(given.get('OTEL_LOG_LEVEL'), redaction.redactLine)
  // The main thread has the same flags, and tells of them.
  const warnOnce = isWorker ? () => {} : teller.warn
  const first = findStartState()
  if (first !== undefined) {
    tellRepeat(first, { entry, version }, warnOnce)
    return
  }
  const state = { version, entry, isRepeatTold: false }
  claimStart(state)
  const config = withUsableFile(given, warnOnce)
  configureEvents(config, redaction.redactor)
  const onRepeat = (): void => tellRepeat(state, state, warnOnce)
  // Node's test runner hands `--require` to the processes of its tests twice, which is nobody's mistake.
  if (process.env['NODE_TEST_CONTEXT'] !== undefined) state.isRepeatTold = true
  const choice = chooseInstrumentations(
    INSTRUMENTATIONS,
    config.get('OTEL_NODE_ENABLED_INSTRUMENTATIONS'),
    config.get('OTEL_NODE_DISABLED_INSTRUMENTATIONS'),
  )
  if (!isWorker) {
    if (isEntryImportedTwice(entry, require)) onRepeat()
    for (const { message } of config.warnings) teller.warn(message)
    for (const line of redaction.warnings) teller.warn(line)
    for (const line of choice.warnings) teller.warn(line)
    if (teller.tellsDebug) {
      for (const { variable, value, source } of describeConfig(config)) teller.debug(`${variable}=${value} (${source})`)
    }
  }

  // A disabled engine still propagates what others sent.
  const startEngine = config.get('PLUTUS_ENGINE') === 'plutus' ? startPlutus : loadPart('upstream').startUpstream
  const engine = startEngine({
    config,
    isWorker,
    redaction,
    info: isWorker ? () => {} : teller.info,
    configWithoutFile: resolveWithoutFile,
    warn: teller.warn,
  })
  if (config.get('OTEL_SDK_DISABLED')) {
    if (!isWorker) teller.info(`${NAME} ${version} is off: OTEL_SDK_DISABLED is true`)
    return
  }
  const { chosen } = choice
  installModuleHooks({ config, chosen, require, entry, onRepeat, teller })
  const waitMillis = config.get('PLUTUS_EXIT_WAIT_MS')
  // Its listeners come first: what they record is sent by those that flush.
  if (!isWorker && engine.destination !== 'nowhere') recordProcessEvents(engine.finish !== undefined)
  flushAtExit(engine, waitMillis)
  if (isWorker) return
  keepCodes(codes)
  const [code] = codes
  if (code?.isFound === true && !code.isRefused) {
    teller.debug(`compiled code of the start is taken from ${code.folder}`)
  }
  const recordEnd = (signal: NodeJS.Signals): void => {
    if (engine.destination !== 'nowhere') recordProcessStopped(128 + constants.signals[signal])
  }
  watchSignals({
    beforeEnd: async (signal) => {
      recordEnd(signal)
      const leftMillis = await flushHolding(engine, waitMillis)
      // What was recorded meanwhile.
      engine.finish?.(leftMillis)
    },
    ...(engine.finish && {
      beforeEndNow: (signal) => {
        recordEnd(signal)
        engine.finish?.(waitMillis)
      },
    }),
    whenHandled: () => void engine.flush(waitMillis),
  })
  if (!teller.tellsInfo) return
  const line = describeStart(engine, version, chosen)
  // What looks at lines costs as much as the rest of the start, and all other words of this one are our own.
  if (ORIGINS.test(engine.destination)) teller.plainInfo(line)
  else teller.info(line)
}

const NAME = '@plutus/otel-register'
// Host names and ports, no paths; each character can match in one way only.
const ORIGINS = /^(?:nowhere|https?:\/\/[\w.-]{1,253}(?::\d{1,5})?(?:, )?)+$/
// A process that ends sooner than this leaves it to others.
const KEEP_CODE_MILLIS = 3000

/**
 * Keeps what was compiled. What the start ran is made into code in the first turn: V8 soon forgets what is not run
 * again, and the next start would compile it. What is needed soon after has run when it is kept.
 */
function keepCodes(codes: readonly CompiledCode[]): void {
  const made = new Map<CompiledCode, Buffer>()
  const [first] = codes
  if (first?.isFound === false) onFirstTurn(() => void made.set(first, first.create()))
  const keep = (): void => {
    for (const code of codes.filter(({ isFound }) => !isFound)) {
      const { keepCode } = loadFile('parts/code-file') as typeof CodeFile
      keepCode({ ...code, create: () => made.get(code) ?? code.create() })
    }
  }
  if (first !== undefined) setTimeout(keep, KEEP_CODE_MILLIS).unref()
}

/** The configuration as it holds: without `OTEL_CONFIG_FILE` where that cannot be used, which costs one line. */
function withUsableFile(config: ResolvedConfig, warn: (line: string) => void): ResolvedConfig {
  const file = config.get('OTEL_CONFIG_FILE')
  const problem = file === undefined ? undefined : loadPart('upstream').findFileProblem(file)
  if (problem === undefined) return config
  warn(`OTEL_CONFIG_FILE names ${file}, ${problem}; the OTEL_* variables hold instead`)
  return resolveWithoutFile()
}

function resolveWithoutFile(): ResolvedConfig {
  return resolveConfig({ ...process.env, OTEL_CONFIG_FILE: undefined })
}

function isEntryImportedTwice(entry: string, require: NodeJS.Require): boolean {
  const options = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)]
  return isImportedTwice(options, (specifier) => {
    try {
      const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier
      return require.resolve(path, { paths: [findWorkingDirectory()] }) === entry
    } catch {
      return false
    }
  })
}

function describeStart(engine: Engine, version: string, chosen: readonly InstrumentationSpec[]): string {
  const program = process.argv[1]
  const folder = program === undefined ? findWorkingDirectory() : dirname(program)
  const instruments = describeInstrumentations(chosen, readDependencies(folder))
  // The other engine keeps nothing: who relies on that is to see it.
  const spool = engine.name === 'upstream' ? '; has no spool' : ''
  return `${NAME} ${version} sends to ${engine.destination}; instruments ${instruments}${spool}`
}
