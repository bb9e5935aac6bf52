/** Class of a record, one of `DATA_CLASSES`. */
export const ATTR_PLUTUS_DATA_CLASS = 'plutus.data.class'
/** True on a span whose trace every sampler has to keep, set by the span that knows why; also asks for that on a log record. */
export const ATTR_PLUTUS_KEEP = 'plutus.keep'
/** True on every span of a trace that its root decided to keep. */
export const ATTR_PLUTUS_KEEP_HEAD = 'plutus.keep.head'
/** True on an event that was recorded although its fields do not have the shape that the catalogue gives. */
export const ATTR_PLUTUS_EVENT_INVALID = 'plutus.event.invalid'
/** Id that ties together everything of one business flow, across services. */
export const ATTR_CORRELATION_ID = 'correlation.id'
/** Id by which receivers recognise a record that was sent twice (OpenTelemetry semantic conventions). */
export const ATTR_LOG_RECORD_UID = 'log.record.uid'
