import { SpanStatusCode } from '@opentelemetry/api'
import type {
  Attributes,
  AttributeValue,
  Exception,
  Link,
  Span,
  SpanContext,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api'
import { ATTR_DB_RESPONSE_STATUS_CODE } from './attributes.ts'
import { commandOfSpan } from './command-of-span.ts'
import type { Command } from './command.ts'
import { describeFailure } from './failure.ts'
import type { Failure } from './failure.ts'
import { driverBelow } from './layers.ts'
import { failSpan } from './operation.ts'
import { quietly } from './quietly.ts'
import { stableAttributes } from './stable-attributes.ts'

/** What an observed span tells at its end. */
export interface ObservedOutcome {
  readonly command: Command
  readonly failure: Failure | undefined
  readonly error: unknown
}

/**
 * The span that an upstream instrumentation holds. It passes on what it is told under stable names and without bound
 * values, and tells its end once.
 */
export class ObservedSpan implements Span {
  readonly #span: Span
  readonly #onEnd: (outcome: ObservedOutcome) => void
  #name: string
  #attributes: Attributes
  #failed: { readonly error: unknown } | undefined
  #isOver = false

  /** @param attributes What the span was started with, under stable names. */
  constructor(span: Span, name: string, attributes: Attributes, onEnd: (outcome: ObservedOutcome) => void) {
    this.#span = span
    this.#name = name
    this.#attributes = attributes
    this.#onEnd = onEnd
  }

  spanContext(): SpanContext {
    return this.#span.spanContext()
  }

  isRecording(): boolean {
    return this.#span.isRecording()
  }

  setAttribute(key: string, value: AttributeValue): this {
    return this.setAttributes({ [key]: value })
  }

  setAttributes(attributes: Attributes): this {
    quietly(() => {
      const stable = stableAttributes(attributes)
      Object.assign(this.#attributes, stable)
      this.#span.setAttributes(stable)
    })
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    this.#span.addEvent(name, attributesOrTime, time)
    return this
  }

  addLink(link: Link): this {
    this.#span.addLink(link)
    return this
  }

  addLinks(links: Link[]): this {
    this.#span.addLinks(links)
    return this
  }

  /** Keeps an error for the end; its message may hold bound values. */
  setStatus(status: SpanStatus): this {
    if (status.code === SpanStatusCode.ERROR) this.#failed ??= { error: { message: status.message } }
    else this.#span.setStatus(status)
    return this
  }

  /** Keeps the error for the end. It makes no event: message and stack may hold bound values. */
  recordException(exception: Exception): void {
    this.#failed = { error: exception }
  }

  /** The name is made at the end, from what the span is about; upstream's is a hint to that. */
  updateName(name: string): this {
    this.#name = name
    return this
  }

  end(endTime?: TimeInput): void {
    if (this.#isOver) return
    this.#isOver = true
    quietly(() => {
      const command = commandOfSpan(this.#attributes, this.#name)
      const failure =
        this.#failed === undefined ? undefined : this.#describeFailure(command.server.system, this.#failed.error)
      if (this.#span.isRecording()) {
        this.#span.updateName(command.name)
        this.#span.setAttributes({ ...command.spanAttributes })
        if (failure !== undefined) failSpan(this.#span, failure)
      }
      this.#onEnd({ command, failure, error: this.#failed?.error })
    })
    this.#span.end(endTime)
  }

  #describeFailure(system: string, error: unknown): Failure {
    const failure = describeFailure(system, error)
    if (failure.statusCode !== undefined) return failure
    const below = driverBelow(this)?.failure
    if (below !== undefined) return { ...below, message: below.message ?? failure.message }
    const told = this.#attributes[ATTR_DB_RESPONSE_STATUS_CODE] // tedious keeps the error to itself and tells its code
    return typeof told === 'string' ? { ...failure, type: told, statusCode: told } : failure
  }
}
