import type { ResolvedConfig } from '@plutus/config'
import type { HookRedaction } from './redaction.ts'

/** Turns spans, metrics and log records into OTLP and sends them; the hook starts exactly one per process or worker thread. */
export interface Engine {
  /** Value of `PLUTUS_ENGINE` that this engine answers to. */
  readonly name: 'plutus' | 'upstream'
  /** Where telemetry goes, for the start-up line: an endpoint without credentials, `console`, or `nowhere`. */
  readonly destination: string
  /**
   * Sends what is in memory. Never rejects. Resolves when everything is sent, when the endpoint is known to be
   * unreachable, or after `timeoutMillis`, whichever comes first; nothing it leaves behind keeps the process alive.
   *
   * @param isLast whether the application has ended. @defaultValue false
   */
  flush(timeoutMillis: number, isLast?: boolean): Promise<void>
  /**
   * The process ends in this turn: sends what is in memory, blocks for at most `millis` in all calls together, and tells
   * what is lost. Absent where an engine can do nothing then. Throws nothing.
   *
   * @param wasLast whether nothing of the application has run since the last `flush`. @defaultValue false
   * @param isMore whether listeners of the application come before another call: losses are told then. @defaultValue false
   */
  finish?(millis: number, wasLast?: boolean, isMore?: boolean): void
}

/** What an engine may ask of the hook that starts it. */
export interface EngineHost {
  /** Whether this is a worker thread of the application. */
  readonly isWorker: boolean
  /** The environment, resolved once. */
  readonly config: ResolvedConfig
  /** The environment as it would be resolved without `OTEL_CONFIG_FILE`: what holds when that file cannot be used. */
  configWithoutFile(): ResolvedConfig
  /** Masks everything that leaves, and counts it. */
  readonly redaction: HookRedaction
  /** Tells the operator one line about what is as it should be, under the same conditions as `warn`. */
  info(line: string): void
  /** Tells the operator one line on standard error, once per distinct text and only if `OTEL_LOG_LEVEL` allows it. */
  warn(line: string): void
}

/** Registers global providers, context manager and propagator, and returns the handle. Throws nothing: a set-up mistake warns and falls back. */
export type StartEngine = (host: EngineHost) => Engine
