/** What an encoder makes: a record of one of three signals, or what records share (resource, scope, prepared attributes). */
export type EncodedKind = 'span' | 'log' | 'metric' | 'shared'

/**
 * Why something is missing from the bytes, or was replaced by a marker.
 *
 * - `attribute_limit`, `event_limit`, `link_limit`: dropped over a limit of number
 * - `value_length`: cut at the limit of length
 * - `attribute_invalid`: dropped for its empty key, or because its value is a function or a symbol
 * - `depth`, `cycle`, `elements`, `record_size`: cut or dropped so that the record stays in bounds
 * - `unreadable`: reading the value threw
 * - `redaction`: the redactor threw, the value is masked
 * - `id_invalid`, `time_invalid`: left out, since receivers refuse a request that has it
 * - `record_failed`: the whole record is lost
 * - `record_nested`: the whole record is lost, since it was made while another was being encoded (by a getter, say)
 */
export type LossReason =
  | 'attribute_limit'
  | 'event_limit'
  | 'link_limit'
  | 'value_length'
  | 'attribute_invalid'
  | 'depth'
  | 'cycle'
  | 'elements'
  | 'record_size'
  | 'unreadable'
  | 'redaction'
  | 'id_invalid'
  | 'time_invalid'
  | 'record_failed'
  | 'record_nested'

/** Is told of each loss as it happens; what it throws is ignored. */
export type OnLoss = (reason: LossReason, kind: EncodedKind, count: number) => void
