import protobuf from 'protobufjs'
import type { ExportCall } from './otlp-schema.ts'

/** Why a body is not OTLP; the receiver answers 400 and keeps it as `malformed`. */
export class MalformedError extends Error {}

const MAX_DEPTH = 100
const PLAIN: protobuf.IConversionOptions = { defaults: true, longs: BigInt }
const HEX_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId'])
const INTEGER_RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
}
const LARGE = new Set(['int64', 'sfixed64', 'uint64', 'fixed64'])

/**
 * Reads an export request from protobuf bytes into plain objects with every default filled in and 64-bit
 * integers as bigint.
 *
 * Stricter than a server in production has to be: a field that the schema does not know is refused, because
 * a test would rather learn of a wrong field number or wire type than lose the value.
 *
 * @throws {MalformedError} if the bytes are not that message.
 */
export function decodeProtobuf(call: ExportCall, bytes: Uint8Array): unknown {
  try {
    const reader = protobuf.Reader.create(bytes)
    reader.skipType = refuseField
    return call.request.toObject(call.request.decode(reader), PLAIN)
  } catch (error) {
    throw asMalformed(error)
  }
}

/**
 * Reads an export request from OTLP/JSON into the same objects as {@link decodeProtobuf}: ids in hexadecimal,
 * other bytes in base64, 64-bit integers as decimal strings or numbers, enums as integers, names in
 * lowerCamelCase. Unknown names are ignored, as the specification demands of a receiver.
 *
 * @throws {MalformedError} if the text is not that message.
 */
export function decodeJson(call: ExportCall, text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return call.request.toObject(call.request.fromObject(readMessage(call.request, parsed, 'body', 0)), PLAIN)
  } catch (error) {
    throw asMalformed(error)
  }
}

function asMalformed(error: unknown): MalformedError {
  return error instanceof MalformedError ? error : new MalformedError(String(error), { cause: error })
}

/** Stands in for the reader's way of skipping what the schema does not know. */
function refuseField(this: protobuf.Reader, wireType: number, _depth?: number, field?: number): never {
  throw new MalformedError(`field ${field} of wire type ${wireType} before byte ${this.pos} is none of OTLP`)
}

function readMessage(type: protobuf.Type, value: unknown, path: string, depth: number): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object')
  if (depth > MAX_DEPTH) throw wrong(path, `nested at most ${MAX_DEPTH} deep`)
  const message: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(type.fields)) {
    if (!Object.hasOwn(value, name)) continue
    const json: unknown = Reflect.get(value, name)
    if (json === null) continue // JSON's null stands for the default
    const at = `${path}.${name}`
    if (!field.repeated) message[name] = readField(field, json, at, depth)
    else if (Array.isArray(json)) message[name] = json.map((item, i) => readField(field, item, `${at}[${i}]`, depth))
    else throw wrong(at, 'an array')
  }
  return message
}

function readField(field: protobuf.Field, json: unknown, path: string, depth: number): unknown {
  field.resolve()
  if (field.resolvedType instanceof protobuf.Type) return readMessage(field.resolvedType, json, path, depth + 1)
  if (field.resolvedType instanceof protobuf.Enum) return Number(readInteger('int32', json, path, false))
  switch (field.type) {
    case 'string':
      if (typeof json !== 'string') throw wrong(path, 'a string')
      return json
    case 'bool':
      if (typeof json !== 'boolean') throw wrong(path, 'true or false')
      return json
    case 'double':
      return readDouble(json, path)
    case 'bytes':
      return readBytes(json, HEX_FIELDS.has(field.name), path)
    default: {
      const integer = readInteger(field.type, json, path, true)
      return LARGE.has(field.type) ? integer.toString() : Number(integer)
    }
  }
}

function readInteger(type: string, json: unknown, path: string, textAllowed: boolean): bigint {
  const [least, most] = INTEGER_RANGES[type] ?? [0n, 0n]
  const isText = textAllowed && typeof json === 'string' && /^-?\d{1,20}$/.test(json)
  if (!isText && !(typeof json === 'number' && Number.isInteger(json))) throw wrong(path, 'an integer')
  const integer = BigInt(json)
  if (integer < least || integer > most) throw wrong(path, `an integer from ${least} to ${most}`)
  return integer
}

function readDouble(json: unknown, path: string): number {
  if (typeof json === 'number') return json
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json)
  throw wrong(path, 'a number, "NaN", "Infinity" or "-Infinity"')
}

function readBytes(json: unknown, isHex: boolean, path: string): Buffer {
  if (typeof json !== 'string') throw wrong(path, 'a string')
  if (isHex) {
    if (!/^(?:[0-9a-f]{2})*$/i.test(json)) throw wrong(path, 'hexadecimal digits')
    return Buffer.from(json, 'hex')
  }
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(json)) throw wrong(path, 'base64')
  return Buffer.from(json, 'base64')
}

function wrong(path: string, rule: string): MalformedError {
  return new MalformedError(`${path} must be ${rule}`)
}
