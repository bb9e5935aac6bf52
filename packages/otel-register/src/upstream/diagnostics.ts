import { diag, DiagLogLevel } from '@opentelemetry/api'

type Warn = (line: string) => void

/** Level of `OTEL_LOG_LEVEL`. */
export type LogLevelName = 'none' | 'error' | 'warn' | 'info' | 'debug' | 'verbose' | 'all'

const LEVELS: Record<LogLevelName, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  // Upstream's information is about its inside; it begins where somebody looks for it.
  info: DiagLogLevel.WARN,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
}

const MAX_LINE_CHARACTERS = 300
const DUPLICATE = /Attempted duplicate registration of API/
const OTHER_VERSION = /does not match previously registered API/

/** Sends what OpenTelemetry's own packages have to say through `warn`: one line each, without stacks and objects. */
export function routeDiagnostics(level: LogLevelName, warn: Warn): void {
  const tell = (...args: readonly unknown[]): void => {
    const line = describe(args)
    if (line !== undefined) warn(line)
  }
  diag.setLogger(
    { error: tell, warn: tell, info: tell, debug: tell, verbose: tell },
    { logLevel: LEVELS[level], suppressOverrideMessage: true },
  )
}

/** One line out of what was logged; objects, which may hold telemetry or headers, are left out. */
function describe(args: readonly unknown[]): string | undefined {
  const words = args.flatMap((arg) => {
    if (arg instanceof Error) return [`${arg.name}: ${arg.message}`]
    return typeof arg === 'string' || typeof arg === 'number' ? [String(arg)] : []
  })
  const text = words.join(' ')
  if (DUPLICATE.test(text)) {
    return 'The application registers an OpenTelemetry SDK of its own, which has no effect beside this hook: run without the hook, or take the SDK out'
  }
  if (OTHER_VERSION.test(text)) {
    return 'The application uses another version of @opentelemetry/api first, so nothing is recorded: load this hook before it, with --require or --import'
  }
  const line = (text.split('\n', 1)[0] ?? '').trim()
  return line === '' ? undefined : line.slice(0, MAX_LINE_CHARACTERS)
}
