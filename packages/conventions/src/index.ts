export {
  ATTR_CORRELATION_ID,
  ATTR_LOG_RECORD_UID,
  ATTR_PLUTUS_DATA_CLASS,
  ATTR_PLUTUS_EVENT_INVALID,
  ATTR_PLUTUS_KEEP,
  ATTR_PLUTUS_KEEP_HEAD,
} from './attributes.ts'
export { CLASS_RULES } from './class-rules.generated.ts'
export { DATA_CLASSES, DURABLE_CLASSES } from './data-classes.ts'
export type { ClassRule, DataClass } from './data-classes.ts'
export { ERROR_CODES } from './error-codes.ts'
export type { ErrorCode, ErrorCodeEntry } from './error-codes.ts'
export { PlutusError, PlutusOptionError } from './errors.ts'
export { CATALOGUE } from './catalogue/catalogue.ts'
export { WHO_DID_WHAT } from './catalogue/define.ts'
export { severityOf } from './event-definition.ts'
export type {
  AttributeDefinition,
  AttributeType,
  EventDefinition,
  EventLogger,
  EventSeverity,
  SeverityByAttribute,
} from './event-definition.ts'
export type { EventFields, EventMethods } from './event-fields.generated.ts'
export { isCurrency, isMinorUnits, money } from './money.ts'
export type { Currency, MinorUnits, Money } from './money.ts'
export { formatUlid, ULID_RANDOM_BYTES } from './ulid.ts'
