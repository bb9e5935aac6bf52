import { putAttribute, putAttributes, type Attributes, type AttributeSources } from './attribute-writer.ts'
import type { EncodeSession } from './encode-session.ts'
import { NO_LIMIT } from './limits.ts'
import { PreparedAttributes } from './prepared-attributes.ts'
import type { Carrier } from './redactor.ts'
import { closeMessage, openMessage, putVarintField } from './wire-writer.ts'

/** What telemetry comes from: attributes such as `service.name`. They have no limit of number. */
export interface ResourceRecord extends AttributeSources {
  /** URL of the semantic conventions that the attributes follow. */
  readonly schemaUrl?: string | undefined
}

/** The instrumentation scope that records come from. Its attributes have no limit of number. */
export interface ScopeRecord extends AttributeSources {
  /** Name of the library or module; may be empty. */
  readonly name: string
  /** Version of the library. */
  readonly version?: string | undefined
  /** URL of the semantic conventions that the scope's records follow. */
  readonly schemaUrl?: string | undefined
}

const TAG_MESSAGE = 0x0a
const TAG_SCHEMA_URL = 0x1a
const GUESSED_LENGTH = 2

/** Writes a resource as the fields that stand before the scopes of a request. */
export function putResource(s: EncodeSession, resource: ResourceRecord): void {
  const { out } = s
  const content = openMessage(out, TAG_MESSAGE, GUESSED_LENGTH)
  s.beginAttributes('resource.attribute', NO_LIMIT, NO_LIMIT)
  const dropped = putAttributes(
    s,
    0x0a,
    resource.attributes,
    resource.attributePairs,
    resource.prepared,
    resource.droppedAttributesCount,
  )
  if (dropped > 0) putVarintField(out, 0x10, dropped)
  closeMessage(out, content, GUESSED_LENGTH)
  s.putText(TAG_SCHEMA_URL, resource.schemaUrl, 'schema_url')
}

/** Writes a scope as the fields that stand before its records in a request. */
export function putScope(s: EncodeSession, scope: ScopeRecord): void {
  const { out } = s
  const content = openMessage(out, TAG_MESSAGE, GUESSED_LENGTH)
  s.putText(0x0a, scope.name, 'scope.name')
  s.putText(0x12, scope.version, 'scope.version')
  s.beginAttributes('scope.attribute', NO_LIMIT, NO_LIMIT)
  const dropped = putAttributes(
    s,
    0x1a,
    scope.attributes,
    scope.attributePairs,
    scope.prepared,
    scope.droppedAttributesCount,
  )
  if (dropped > 0) putVarintField(out, 0x20, dropped)
  closeMessage(out, content, GUESSED_LENGTH)
  s.putText(TAG_SCHEMA_URL, scope.schemaUrl, 'schema_url')
}

/** Writes attributes so that they can be copied into records; texts are cut to the stricter limit of spans and log records. */
export function putPreparable(s: EncodeSession, attributes: Attributes, carrier: Carrier): PreparedAttributes {
  const { out, limits } = s
  const start = out.position
  const keys: string[] = []
  const offsets = [0]
  s.beginAttributes(carrier, NO_LIMIT, Math.min(limits.spanValueLength, limits.logValueLength))
  for (const key of Object.keys(attributes)) {
    const before = out.position
    putAttribute(s, TAG_MESSAGE, key, attributes[key])
    if (out.position === before) continue
    keys.push(key)
    offsets.push(out.position - start)
  }
  s.endAttributes()
  return new PreparedAttributes(out.written(start).slice(), keys, offsets)
}
