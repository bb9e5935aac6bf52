import type { ResolvedConfig } from '@plutus/config'
import type { EncoderLimits } from '@plutus/otlp'
import type { SpanBounds } from '@plutus/sdk'

/** Limits of the specification, for the encoder and for spans while they are open. */
export function readLimits(config: ResolvedConfig): { readonly limits: EncoderLimits; readonly bounds: SpanBounds } {
  const bounds: SpanBounds = {
    attributes: config.get('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'),
    events: config.get('OTEL_SPAN_EVENT_COUNT_LIMIT'),
    links: config.get('OTEL_SPAN_LINK_COUNT_LIMIT'),
  }
  return {
    bounds,
    limits: {
      spanAttributes: bounds.attributes,
      spanEvents: bounds.events,
      spanLinks: bounds.links,
      eventAttributes: config.get('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'),
      linkAttributes: config.get('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
      logAttributes: config.get('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT'),
      spanValueLength: lengthOf(config.get('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT')),
      logValueLength: lengthOf(config.get('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT')),
    },
  }
}

// The encoder keeps at least one character.
function lengthOf(limit: number | undefined): number {
  return limit === undefined ? Infinity : Math.max(limit, 1)
}
