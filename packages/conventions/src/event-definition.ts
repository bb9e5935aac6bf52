import type { DataClass } from './data-classes.ts'

/** Logger whose method records an event: the export of that name in `@plutus/events`. */
export type EventLogger = 'business' | 'security' | 'audit' | 'performance' | 'technical'

/** Severity of a record, in the words of OpenTelemetry's short names. */
export type EventSeverity = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** Type of an event's attribute; `minor-units` and `currency` are money, `fraction` is a number from 0 to 1. */
export type AttributeType =
  | 'string'
  | 'string[]'
  | 'integer'
  | 'number'
  | 'fraction'
  | 'boolean'
  | 'minor-units'
  | 'currency'
  | 'any'

/** What the catalogue says of one attribute of an event. */
export interface AttributeDefinition {
  readonly type: AttributeType
  /** One sentence: what the value means. */
  readonly description: string
  /** Whether every record of the event has it. */
  readonly required: boolean
  /** UCUM unit of a number: `s`, `By`, `{attempt}`. */
  readonly unit?: string
  /** Values that a text may have. */
  readonly values?: readonly string[]
  /** What a value has to be, worded to follow "must be", where the type does not say it. */
  readonly rule?: string
}

/** Severity by the values of attributes: the first step that fits, else `otherwise`. */
export interface SeverityByAttribute {
  /** Attribute that the steps look at. */
  readonly attribute: string
  readonly steps: readonly {
    /** Attribute that the step looks at, where it is another one. */
    readonly attribute?: string
    /** Values at which the step fits. */
    readonly values?: readonly (string | boolean)[]
    /** Number from which the step fits. */
    readonly atLeast?: number
    readonly severity: EventSeverity
  }[]
  readonly otherwise: EventSeverity
}

/** An event of the catalogue: what its records mean, hold and serve. */
export interface EventDefinition {
  /** `eventName` of its records. */
  readonly name: string
  /** One sentence: when it is recorded. */
  readonly description: string
  readonly class: DataClass
  readonly logger: EventLogger
  /** Name of its method on the logger, in camelCase. */
  readonly method: string
  readonly severity: EventSeverity | SeverityByAttribute
  readonly attributes: Readonly<Record<string, AttributeDefinition>>
  /** Whether fields beyond `attributes` belong to it. */
  readonly open?: boolean
  /** `event.outcome` where the event itself says it. */
  readonly outcome?: 'success' | 'failure'
  /** Word of the OWASP Logging Vocabulary, carried as `owasp.event`. */
  readonly owasp?: string
  /** Requirements of PCI DSS v4.0.1 that it serves. */
  readonly pci?: readonly string[]
}

/** Severity of a record of an event, by its attributes. */
export function severityOf(
  event: Pick<EventDefinition, 'severity'>,
  attributes: Readonly<Record<string, unknown>>,
): EventSeverity {
  const rule = event.severity
  if (typeof rule === 'string') return rule
  for (const { attribute = rule.attribute, values, atLeast, severity } of rule.steps) {
    const value = attributes[attribute]
    if (values?.includes(value as string | boolean) === true) return severity
    if (atLeast !== undefined && typeof value === 'number' && value >= atLeast) return severity
  }
  return rule.otherwise
}
