import type { Attributes, Link } from '@opentelemetry/api'
import { TraceState } from '@opentelemetry/core'
import type { InstrumentationScope } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import { redactAttributes, redactValue } from '@plutus/redaction'
import type { Redactor } from '@plutus/redaction'

type Scope = ReadableLogRecord['instrumentationScope']

/**
 * Masks what upstream's serialisers are about to read: they get copies, and what the application holds stays as it is.
 */
export class BatchRedactor {
  readonly #redactor: Redactor
  // Serialisers group by identity: one copy for each.
  readonly #resources = new WeakMap<Resource, Resource>()
  readonly #scopes = new WeakMap<InstrumentationScope, Scope>()

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** Copies spans as they may be sent. */
  readonly spans = (spans: readonly ReadableSpan[]): ReadableSpan[] =>
    spans.map((span) => {
      const { message } = span.status
      const context = this.#spanContext(span.spanContext())
      return {
        name: this.#redactor.text(span.name, 'span.name'),
        kind: span.kind,
        spanContext: () => context,
        ...(span.parentSpanContext && { parentSpanContext: this.#spanContext(span.parentSpanContext) }),
        startTime: span.startTime,
        endTime: span.endTime,
        status: {
          code: span.status.code,
          ...(message !== undefined && { message: this.#redactor.text(message, 'span.status') }),
        },
        attributes: this.#attributes(span.attributes, 'span.attribute'),
        links: span.links.map((link) => this.#link(link)),
        events: span.events.map((event) => this.#event(event)),
        duration: span.duration,
        ended: span.ended,
        resource: this.#resource(span.resource),
        instrumentationScope: this.#scope(span.instrumentationScope),
        droppedAttributesCount: span.droppedAttributesCount,
        droppedEventsCount: span.droppedEventsCount,
        droppedLinksCount: span.droppedLinksCount,
      }
    })

  /** Copies log records as they may be sent. */
  readonly logs = (records: readonly ReadableLogRecord[]): ReadableLogRecord[] =>
    records.map((record) => {
      const { severityText, severityNumber, spanContext, body, eventName } = record
      return {
        hrTime: record.hrTime,
        hrTimeObserved: record.hrTimeObserved,
        ...(spanContext && { spanContext: this.#spanContext(spanContext) }),
        ...(severityText !== undefined && { severityText: this.#redactor.text(severityText, 'log.severity_text') }),
        ...(severityNumber !== undefined && { severityNumber }),
        ...(body !== undefined && { body: redactValue(this.#redactor, body, 'log.body') as typeof body }),
        ...(eventName !== undefined && { eventName: this.#redactor.text(eventName, 'log.event_name') }),
        resource: this.#resource(record.resource),
        instrumentationScope: this.#scope(record.instrumentationScope),
        attributes: this.#attributes(record.attributes, 'log.attribute'),
        droppedAttributesCount: record.droppedAttributesCount,
      }
    })

  /** Copies metrics as they may be sent. */
  readonly metrics = ({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics => ({
    resource: this.#resource(resource),
    scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
      scope: this.#scope(scope),
      metrics: metrics.map((metric) => this.#metric(metric)),
    })),
  })

  #metric(metric: MetricData): MetricData {
    const { descriptor, dataPoints } = metric
    return {
      ...metric,
      descriptor: {
        ...descriptor,
        name: this.#redactor.text(descriptor.name, 'metric.name'),
        description: this.#redactor.text(descriptor.description, 'metric.description'),
        unit: this.#redactor.text(descriptor.unit, 'metric.unit'),
      },
      dataPoints: dataPoints.map((point) => ({
        ...point,
        attributes: this.#attributes(point.attributes, 'metric.attribute'),
      })),
    } as MetricData
  }

  #event(event: TimedEvent): TimedEvent {
    return {
      ...event,
      name: this.#redactor.text(event.name, 'event.name'),
      ...(event.attributes && { attributes: this.#attributes(event.attributes, 'event.attribute') }),
    }
  }

  #link(link: Link): Link {
    return {
      ...link,
      context: this.#spanContext(link.context),
      ...(link.attributes && { attributes: this.#attributes(link.attributes, 'link.attribute') }),
    }
  }

  #spanContext(context: ReturnType<ReadableSpan['spanContext']>): ReturnType<ReadableSpan['spanContext']> {
    const state = context.traceState?.serialize()
    if (state === undefined) return context
    const masked = this.#redactor.text(state, 'span.tracestate')
    return masked === state ? context : { ...context, traceState: new TraceState(masked) }
  }

  #resource(resource: Resource): Resource {
    let masked = this.#resources.get(resource)
    if (masked === undefined) {
      const { schemaUrl, attributes } = resource
      masked = resourceFromAttributes(
        this.#attributes(attributes, 'resource.attribute'),
        schemaUrl === undefined ? undefined : { schemaUrl: this.#redactor.text(schemaUrl, 'schema_url') },
      )
      this.#resources.set(resource, masked)
    }
    return masked
  }

  #scope(scope: Scope): Scope {
    let masked = this.#scopes.get(scope)
    if (masked === undefined) {
      const { name, version, schemaUrl, attributes } = scope
      masked = {
        ...scope,
        name: this.#redactor.text(name, 'scope.name'),
        ...(version !== undefined && { version: this.#redactor.text(version, 'scope.version') }),
        ...(schemaUrl !== undefined && { schemaUrl: this.#redactor.text(schemaUrl, 'schema_url') }),
        ...(attributes && { attributes: this.#attributes(attributes, 'scope.attribute') }),
      }
      this.#scopes.set(scope, masked)
    }
    return masked
  }

  #attributes(attributes: Attributes, carrier: string): Attributes {
    return redactAttributes(this.#redactor, attributes, carrier)
  }
}
