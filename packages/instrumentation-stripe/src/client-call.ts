import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'
import type { PaymentFailure } from './failure.ts'
import { metersOf } from './meters.ts'

/** What a call is, before it starts. */
export interface CallStart {
  /** Name of the payment provider in lower case; the first word of every name. */
  readonly provider: string
  /** Resource and method: `payment_intents.create`. */
  readonly operation: string
  readonly attributes: Attributes
  /** Context that the span is below. @defaultValue the active one */
  readonly parent?: Context | undefined
}

/** How a call ended. */
export interface CallEnd {
  readonly statusCode?: number | undefined
  readonly requestId?: string | undefined
  readonly failure?: PaymentFailure | undefined
  /** More attributes of the span. */
  readonly attributes?: Attributes | undefined
}

/** One logical call to a payment provider: its span, and what is measured of it. */
export class ClientCall {
  readonly operation: string
  readonly span: Span
  /** The context that the call runs in, below its span. */
  readonly context: Context
  /** Attempts beyond the first. */
  retries = 0
  readonly #provider: string
  readonly #startMillis = performance.now()
  #isOver = false

  constructor(tracer: Tracer, { provider, operation, attributes, parent = context.active() }: CallStart) {
    this.operation = operation
    this.#provider = provider
    this.span = tracer.startSpan(`${provider}.${operation}`, { kind: SpanKind.CLIENT, attributes }, parent)
    this.context = trace.setSpan(parent, this.span)
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.#startMillis) / 1000
  }

  /** Ends the span and measures the call; from the second time on it does nothing. */
  end({ failure, attributes, statusCode = failure?.statusCode, requestId = failure?.requestId }: CallEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    const provider = this.#provider
    if (this.span.isRecording()) {
      const told: Attributes = { ...attributes }
      if (statusCode !== undefined) told['http.response.status_code'] = statusCode
      if (requestId !== undefined) told[`${provider}.request_id`] = requestId
      if (this.retries > 0) told[`${provider}.retry.count`] = this.retries
      if (failure !== undefined) describeFailure(told, provider, failure)
      this.span.setAttributes(told)
      if (failure !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(failure) })
    }
    this.span.end()
    this.#measure(statusCode, failure)
  }

  #measure(statusCode: number | undefined, failure: PaymentFailure | undefined): void {
    const provider = this.#provider
    const meters = metersOf(metrics.getMeterProvider(), provider)
    const operation = { [`${provider}.operation`]: this.operation }
    const labels: Attributes = { ...operation }
    if (statusCode !== undefined) labels[`${provider}.status_class`] = `${Math.floor(statusCode / 100)}xx`
    if (failure !== undefined) {
      labels['error.type'] = failure.type
      if (failure.code !== undefined) labels[`${provider}.error.code`] = failure.code
    }
    // In the context of the call, so that an exemplar finds its trace.
    meters.duration.record(this.seconds, labels, this.context)
    if (this.retries > 0) meters.retries.add(this.retries, operation, this.context)
    // Some refusals of a card have no code of the issuer's, but one of the provider's.
    const decline = failure?.declineCode ?? (failure?.providerType === 'card_error' ? failure.code : undefined)
    if (decline !== undefined)
      meters.declines.add(1, { ...operation, [`${provider}.decline_code`]: decline }, this.context)
  }
}

function describeFailure(attributes: Attributes, provider: string, failure: PaymentFailure): void {
  attributes['error.type'] = failure.type
  if (failure.providerType !== undefined) attributes[`${provider}.error.type`] = failure.providerType
  if (failure.code !== undefined) attributes[`${provider}.error.code`] = failure.code
  if (failure.declineCode !== undefined) attributes[`${provider}.decline_code`] = failure.declineCode
}

/** Codes only: a provider's messages quote what it was sent. */
function messageOf({ type, code, declineCode }: PaymentFailure): string {
  return [code ?? type, ...(declineCode === undefined ? [] : [declineCode])].join(': ')
}
