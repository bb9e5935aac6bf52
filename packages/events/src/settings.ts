import { resolveConfig } from '@plutus/config'
import type { LogLevel, ResolvedConfig } from '@plutus/config'
import { createRedactor } from '@plutus/redaction'
import type { Redactor } from '@plutus/redaction'
import { readRedactionPolicy } from './redaction-policy.ts'

/** What the loggers need to know, resolved once per process. */
export interface EventSettings {
  /** Level of loggers without a level of their own. */
  readonly level: LogLevel
  /** Level by logger name. */
  readonly levels: Readonly<Record<string, LogLevel>>
  /** Whether and how records are also written to standard output. */
  readonly console: 'off' | 'json' | 'pretty'
  /** Whether console output carries `dd.trace_id` and `dd.span_id`. */
  readonly datadogIds: boolean
  /** Header by which the correlation id leaves the process, in lower case. */
  readonly correlationHeader: string
  /** Returns what masks console output. */
  readonly redactor: () => Redactor
}

// The hook brings one copy of this room and the application another: they share what stands here.
const KEY = Symbol.for('plutus.events.settings')
const shared = globalThis as { [KEY]?: EventSettings }

/**
 * Takes what the loggers need from a resolved configuration; the hook calls it before the application starts.
 *
 * @param redactor Gives what masks console output. @defaultValue one of the configured policy, made when it is first needed
 */
export function configureEvents(config: ResolvedConfig, redactor?: () => Redactor): void {
  let own: Redactor | undefined
  shared[KEY] = Object.freeze({
    level: config.get('LOG_LEVEL'),
    levels: config.get('PLUTUS_LOG_LEVELS'),
    console: config.get('PLUTUS_LOG_CONSOLE'),
    datadogIds: config.get('PLUTUS_LOG_DATADOG_IDS'),
    correlationHeader: config.get('PLUTUS_CORRELATION_HEADERS')[0] ?? 'x-correlation-id',
    redactor: redactor ?? (() => (own ??= createRedactor(readRedactionPolicy(config, ignore)))),
  })
}

/** Settings in force: the hook's, else those of the environment, read at the first call. */
export function getSettings(): EventSettings {
  if (shared[KEY] === undefined) configureEvents(resolveConfig(process.env))
  return shared[KEY] as EventSettings
}

/** Level of a logger: that of its name, else the common one. */
export function levelOf(name: string): LogLevel {
  const { level, levels } = getSettings()
  return (Object.hasOwn(levels, name) ? levels[name] : undefined) ?? level
}

function ignore(): void {
  // Without the hook there is nobody to tell.
}
