import { INVALID_SPAN_CONTEXT, SpanKind, context, diag, metrics, trace } from '@opentelemetry/api'
import type { Context, Histogram, MeterProvider, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import { describeCommand } from './command.ts'
import type { Command, CommandWords, Server } from './command.ts'
import { layerOf } from './layers.ts'
import { metersOf } from './operation-metrics.ts'
import type { DatabaseMeters } from './operation-metrics.ts'
import { Operation } from './operation.ts'
import type { PoolKind } from './pool-set.ts'
import { poolWatchOf } from './pool-watch.ts'
import type { PoolListener, PoolWatch } from './pool-watch.ts'
import type { OperationListener, Recorder } from './report.ts'

/** How an operation is started, where it differs from an ordinary command. */
export interface StartOptions {
  /** @defaultValue the active context */
  readonly parent?: Context
  /** When it began, on the clock of `performance.now()`. @defaultValue now */
  readonly startMillis?: number
  /** `failures`: it is no command, so only its failure is measured and told. @defaultValue 'always' */
  readonly measured?: 'always' | 'failures'
}

const ORDINARY: StartOptions = {}
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** What a {@link Monitor} is created with. */
export interface MonitorOptions {
  readonly onOperation: OperationListener | undefined
  readonly onPool: PoolListener | undefined
  readonly requireParentSpan: boolean
  readonly isEnabled: () => boolean
  /** False where the upstream instrumentation measures durations itself. */
  readonly measures: boolean
}

/** Starts the operations of one instrumentation. */
export class Monitor implements Recorder {
  /** Creates the spans; replaced when the instrumentation gets another tracer provider. */
  tracer: Tracer
  readonly onOperation: OperationListener | undefined
  readonly #needsParent: boolean
  readonly #isEnabled: () => boolean
  readonly #measures: boolean
  readonly #poolWatch: PoolWatch | undefined
  #meters: DatabaseMeters

  constructor(tracer: Tracer, options: MonitorOptions) {
    this.tracer = tracer
    this.#meters = metersOf(metrics.getMeterProvider())
    this.#measures = options.measures
    this.onOperation = options.onOperation
    this.#poolWatch = options.onPool === undefined ? undefined : poolWatchOf(options.onPool)
    this.#needsParent = options.requireParentSpan
    this.#isEnabled = options.isEnabled
  }

  /** Whether the instrumentation is: what was put in beside upstream's patches stays in place and asks. */
  get isEnabled(): boolean {
    return this.#isEnabled()
  }

  get duration(): Histogram | undefined {
    return this.#measures ? this.#meters.duration : undefined
  }

  /** Observes a connection pool until it ends or is gone. Throws nothing. */
  trackPool<T extends object>(pool: T, kind: PoolKind<T>): void {
    this.#meters.pools.track(pool, kind)
    this.#poolWatch?.track(pool, kind)
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#meters = metersOf(provider)
  }

  /** Starts an operation with its span. Throws nothing. */
  start(server: Server, words: CommandWords, options: StartOptions = ORDINARY): Operation {
    const { parent = context.active(), startMillis = performance.now(), measured = 'always' } = options
    const isLate = options.startMillis !== undefined
    const wallStartMillis = isLate ? Date.now() - (performance.now() - startMillis) : undefined
    const command = describeCommand(server, words)
    const span = this.#startCommandSpan(command, parent, wallStartMillis)
    return new Operation(this, { command, span, parent, startMillis, wallStartMillis, measured })
  }

  #startCommandSpan(command: Command, parent: Context, startTime: number | undefined): Span {
    try {
      const layer = layerOf(parent)
      if (layer !== undefined) layer.hasRun = true
      const options: SpanOptions = { kind: SpanKind.CLIENT, attributes: { ...command.spanAttributes } }
      if (startTime !== undefined) options.startTime = startTime
      return this.startSpan(this.tracer, command.name, options, parent)
    } catch (error) {
      diag.debug('starting the span of a database operation failed', error)
      return NO_SPAN
    }
  }

  /** Starts a span, or one that records nothing where a parent is required and there is none. */
  startSpan(tracer: Tracer, name: string, options: SpanOptions, parent: Context): Span {
    if (this.#needsParent && trace.getSpan(parent) === undefined) return NO_SPAN
    return tracer.startSpan(name, options, parent)
  }
}
