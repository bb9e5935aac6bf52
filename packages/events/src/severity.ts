import { SeverityNumber } from '@opentelemetry/api'
import type { LogLevel } from '@plutus/config'

/** Severity that a record can have: the levels at which a logger records. */
export type Severity = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** OpenTelemetry's number of each severity. */
export const SEVERITY_NUMBER: Readonly<Record<Severity, number>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
}

/** OpenTelemetry's short name of each severity, as it stands in `severity_text`. */
export const SEVERITY_TEXT: Readonly<Record<Severity, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
}

// `trace` lets everything through; nothing reaches `off`.
const THRESHOLD: Readonly<Record<LogLevel, number>> = {
  trace: SeverityNumber.TRACE,
  ...SEVERITY_NUMBER,
  off: Number.POSITIVE_INFINITY,
}

/** Lowest severity number that a level lets through. */
export function thresholdOf(level: LogLevel): number {
  return THRESHOLD[level]
}
