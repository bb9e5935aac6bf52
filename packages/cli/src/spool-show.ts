import { parseArgs } from 'node:util'
import { resolveConfig } from '@plutus/config'
import { ATTR_LOG_RECORD_UID, ATTR_PLUTUS_DATA_CLASS, DATA_CLASSES } from '@plutus/conventions'
import { readRedactionPolicy } from '@plutus/events'
import { toPlainAttributes, toPlainValue } from '@plutus/otlp'
import type { DecodedLogRecord, DecodedSpan } from '@plutus/otlp'
import { createRedactor, redactAttributes, redactValue } from '@plutus/redaction'
import type { Privacy, Redactor } from '@plutus/redaction'
import { decodeSpooled } from '@plutus/sdk'
import type { InspectedPart, SpooledRecords } from '@plutus/sdk'
import { choose } from './choose.ts'
import { EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { describeUnreadable } from './describe-unreadable.ts'
import { CommandError } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'
import { chooseSpool, inspect, nameOf } from './spool-arguments.ts'
import type { ChosenSpool } from './spool-arguments.ts'

const SPANS = 'spans'
// What a terminal might take as a command or as another order of writing.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Runs `plutus spool show`. */
export async function runSpoolShow(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('spool show', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        class: { type: 'string' },
        limit: { type: 'string', default: '100' },
        all: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const wanted = values.class === undefined ? undefined : choose('--class', values.class, [...DATA_CLASSES, SPANS])
    if (!/^\d{1,9}$/.test(values.limit)) throw new CommandError('--limit must be a number')
    const redactor = createOwnRedactor(io)
    const spool = chooseSpool(positionals, io)
    const parts = inspect(spool)
    for (const part of parts) tellUnreadable(part, spool, io)
    let left = Number(values.limit)
    for (const part of parts) {
      for (const record of recordsOf(part, values.all)) {
        if (wanted !== undefined && record.class !== wanted) continue
        if (left-- <= 0) {
          io.err('there are more: see --limit\n')
          return EXIT_GOOD
        }
        io.out(values.json ? `${toJson(redact(record, redactor))}\n` : describe(redact(record, redactor)))
      }
    }
    return EXIT_GOOD
  })
}

/** Says what there is that is not shown, since it cannot be read. */
function tellUnreadable({ path, owner, journals, problems }: InspectedPart, spool: ChosenSpool, io: CliIo): void {
  const name = nameOf(path, spool)
  for (const { kind, reason } of problems) io.err(`${name}/${kind}: ${reason}\n`)
  for (const { kind, inspection } of journals) {
    for (const segment of inspection.segments) {
      const what = describeUnreadable(segment, owner)
      if (what !== undefined) io.err(`${name}/${kind}/${segment.name}: ${what}\n`)
    }
  }
}

/** A record or a span as it is shown. */
interface ShownRecord {
  readonly directory: string
  readonly kind: string
  readonly time: string
  /** A class, or `spans`. */
  readonly class: string
  /** Name of the event or of the span. */
  readonly name: string
  readonly uid?: unknown
  /** Bytes that it takes on disk, with what else is in its frame. */
  readonly bytes: number
  readonly traceId: string
  readonly isDelivered: boolean
  readonly body?: unknown
  readonly attributes: Readonly<Record<string, unknown>>
}

function* recordsOf({ path, journals }: InspectedPart, withDelivered: boolean): Iterable<ShownRecord> {
  for (const { kind, inspection } of journals) {
    for (const frame of inspection.frames()) {
      if (frame.isAcknowledged && !withDelivered) continue
      const spooled = decodeSpooled(frame)
      if (spooled === undefined) continue
      const about = { directory: path, kind, bytes: frame.bytes.length, isDelivered: frame.isAcknowledged }
      for (const record of itemsOf(spooled)) yield { ...about, ...record }
    }
  }
}

type Item = Omit<ShownRecord, 'directory' | 'kind' | 'bytes' | 'isDelivered'>

function itemsOf({ signal, request }: SpooledRecords): Item[] {
  return signal === 'logs'
    ? request.resourceLogs.flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) => logRecords.map(itemOfRecord)),
      )
    : request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(itemOfSpan)))
}

function itemOfRecord(record: DecodedLogRecord): Item {
  const {
    [ATTR_PLUTUS_DATA_CLASS]: dataClass,
    [ATTR_LOG_RECORD_UID]: uid,
    ...attributes
  } = toPlainAttributes(record.attributes)
  return {
    time: timeOf(record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano),
    class: typeof dataClass === 'string' ? dataClass : 'application',
    name: record.eventName,
    uid,
    traceId: record.traceId,
    ...(record.body !== undefined && { body: toPlainValue(record.body) }),
    attributes,
  }
}

function itemOfSpan(span: DecodedSpan): Item {
  const { traceId, name } = span
  return {
    time: timeOf(span.startTimeUnixNano),
    class: SPANS,
    name,
    traceId,
    attributes: toPlainAttributes(span.attributes),
  }
}

function timeOf(nanos: bigint): string {
  const date = new Date(Number(nanos / 1_000_000n))
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** What was written is redacted already; rules may have been added since. Of what was hashed the hash is kept. */
function createOwnRedactor({ env }: CliIo): Redactor {
  const { hashKey: _unused, ...policy } = readRedactionPolicy(resolveConfig(env), () => {})
  return createRedactor({
    ...policy,
    email: instead(policy.email, 'mask'),
    ip: instead(policy.ip, 'mask'),
    userId: instead(policy.userId, 'keep'),
  })
}

function instead(privacy: Privacy | undefined, other: Privacy): Privacy | undefined {
  return privacy === 'hash' ? other : privacy
}

function redact(record: ShownRecord, redactor: Redactor): ShownRecord {
  return {
    ...record,
    name: redactor.text(record.name, 'spool'),
    ...(record.body !== undefined && { body: redactValue(redactor, record.body, 'spool') }),
    attributes: redactAttributes(redactor, record.attributes, 'spool'),
  }
}

function describe({ time, class: dataClass, name, uid, bytes, isDelivered, body, attributes }: ShownRecord): string {
  const head = [time, dataClass, name === '' ? '-' : name, typeof uid === 'string' ? uid : '-', `${bytes} B`]
  const lines = [`${head.join('  ')}${isDelivered ? '  delivered' : ''}`]
  if (body !== undefined) lines.push(`    ${typeof body === 'string' ? body : toJson(body)}`)
  const pairs = Object.entries(attributes).map(([key, value]) => `${key}=${toJson(value)}`)
  if (pairs.length > 0) lines.push(`    ${pairs.join(' ')}`)
  return `${lines.map((line) => line.replaceAll(UNPRINTABLE, escape)).join('\n')}\n`
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

/** JSON, integers beyond what it can hold and bytes as text. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return String(member)
    return member instanceof Uint8Array ? Buffer.from(member).toString('base64') : member
  })
}
