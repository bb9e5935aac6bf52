import type { ReceivedLog } from '@plutus/test-kit'
import { describeEvent } from './event-fields.ts'
import { isEvent } from './events.ts'
import { cut, toLine, type Page } from './layout.ts'

/** How a severity is shown. */
interface Level {
  readonly text: string
  readonly style: 'dim' | 'green' | 'yellow' | 'red'
}

// Of a log record: what the service's logger adds to each line, and what the hook adds to each record.
const UNTOLD_LOG_ATTRIBUTES = new Set([
  'name',
  'pid',
  'hostname',
  'level',
  'time',
  'msg',
  'plutus.data.class',
  'correlation.id',
  'client.address',
  'user.id',
  'user.roles',
])
const MARK = '◆'

/** Prints a log record or an event (marked ◆) on one line of at most `room` columns. */
export function renderRecord(log: ReceivedLog, room: number, { paint }: Page): string {
  const level = levelOf(log.severityNumber)
  const mark = isEvent(log) ? `${MARK} ` : ''
  const left = room - mark.length - level.text.length - 1
  const said = cut(isEvent(log) ? toLine(log.eventName ?? '') : bodyOf(log), left)
  const fields = cut(isEvent(log) ? describeEvent(log.attributes) : fieldsOf(log), left - said.length - 2)
  const shown = isEvent(log) ? paint('bold', said) : said
  return `${paint(level.style, mark + level.text)} ${shown}${fields && `  ${paint('dim', fields)}`}`
}

/** The name of a severity by its number. */
export function levelOf(severity: number): Level {
  if (severity >= 21) return { text: 'FATAL', style: 'red' }
  if (severity >= 17) return { text: 'ERROR', style: 'red' }
  if (severity >= 13) return { text: 'WARN ', style: 'yellow' }
  return severity >= 9 || severity === 0 ? { text: 'INFO ', style: 'green' } : { text: 'DEBUG', style: 'dim' }
}

function bodyOf({ body }: ReceivedLog): string {
  return toLine(typeof body === 'string' ? body : JSON.stringify(body ?? ''))
}

function fieldsOf({ attributes }: ReceivedLog): string {
  return Object.entries(attributes)
    .filter(([key]) => !UNTOLD_LOG_ATTRIBUTES.has(key))
    .map(([key, value]) => `${toLine(key)}=${showValue(value)}`)
    .join(' ')
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return toLine(value)
  const json = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
  return toLine(json ?? '')
}
