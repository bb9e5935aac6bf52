import { showMillis, toLine } from './layout.ts'

type Attributes = Readonly<Record<string, unknown>>
type Teller = (attributes: Attributes) => string

// The first group of a UUID is enough to find it again on the page.
const UUID = /^([0-9a-f]{8})-[0-9a-f-]{27}$/

const text = (key: string, before = ''): Teller => {
  return (attributes) => {
    const value = attributes[key]
    if (Array.isArray(value)) return value.length === 0 ? '' : before + toLine(value.map(String).join(', '))
    return typeof value === 'string' && value !== '' ? before + toLine(value).replace(UUID, '$1…') : ''
  }
}
const seconds = (key: string): Teller => {
  return ({ [key]: value }) => (typeof value === 'number' ? showMillis(value * 1000) : '')
}
const integer = (key: string, before = ''): Teller => {
  return ({ [key]: value }) => (typeof value === 'number' ? `${before}${value}` : '')
}

/** What is worth reading of an event, most telling first; everything else stands in `--json`. */
const TELLERS: readonly Teller[] = [
  showSum,
  text('payment.status'),
  text('payment.decline_code'),
  text('webhook.event.type'),
  ({ 'webhook.duplicate': isDuplicate }) => (isDuplicate === true ? 'seen before' : ''),
  text('webhook.failure.reason'),
  text('auth.failure.reason'),
  text('authz.required', 'needs '),
  text('audit.action'),
  text('operation.name'),
  text('http.route'),
  integer('http.response.status_code'),
  seconds('operation.duration'),
  seconds('http.server.duration'),
  text('db.operation.name'),
  text('db.collection.name'),
  seconds('db.client.duration'),
  text('db.response.status_code', 'code '),
  showErrorType,
  text('exception.message'),
  integer('process.exit.code', 'code '),
  ({ 'event.outcome': outcome }) => (outcome === 'success' ? '' : text('event.outcome')({ 'event.outcome': outcome })),
  showWho,
  showChange,
  text('user.hash', 'account #'),
  text('payment.id', 'payment '),
  ({ 'audit.target.id': id, 'audit.target.type': type }) =>
    text('id', typeof type === 'string' ? `${toLine(type)} ` : '')({ id }),
]

/** The few fields of an event that people read, in words. */
export function describeEvent(attributes: Attributes): string {
  return TELLERS.map((tell) => tell(attributes))
    .filter((told) => told !== '')
    .join(' · ')
}

/** Minor units as people write them: `49.99 EUR`. */
export function showSum({ 'payment.amount': amount, 'payment.currency': currency }: Attributes): string {
  if (!Number.isSafeInteger(amount) || typeof currency !== 'string' || !/^[a-z]{3}$/i.test(currency)) return ''
  const code = currency.toUpperCase()
  const decimals = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
    .maximumFractionDigits
  const sign = Number(amount) < 0 ? '-' : ''
  const digits = String(Math.abs(Number(amount))).padStart((decimals ?? 2) + 1, '0')
  const whole = digits.slice(0, digits.length - (decimals ?? 2))
  const fraction = digits.slice(whole.length)
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`} ${code}`
}

/** Class or code of an error; for HTTP that is the status, which is told already. */
function showErrorType(attributes: Attributes): string {
  const type = text('error.type')(attributes)
  return type === String(attributes['http.response.status_code']) ? '' : type
}

/** What an audit record says was there before, and after: the fields that differ. */
function showChange({ 'audit.before': before, 'audit.after': after }: Attributes): string {
  if (!isRecord(before) || !isRecord(after)) return ''
  return Object.keys(after)
    .filter((key) => before[key] !== after[key])
    .map((key) => toLine(`${key} ${showValue(before[key])} → ${showValue(after[key])}`))
    .join(', ')
}

/** Who did it: for security and audit events only, since those of payments follow the server span that says so. */
function showWho({ 'plutus.data.class': dataClass, 'user.id': id, 'user.roles': roles }: Attributes): string {
  if (dataClass !== 'security' && dataClass !== 'audit') return ''
  if (id === 'unknown') return ''
  const role: unknown = Array.isArray(roles) ? roles[0] : undefined
  return text('id', `by ${typeof role === 'string' ? toLine(role) : 'user'} `)({ id })
}

function isRecord(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function showValue(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '…'
}
