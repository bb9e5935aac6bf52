import { maskErrorMessage } from './error-message.ts'

/** A failed operation in words of low cardinality. */
export interface Failure {
  /** Value of `error.type`: the driver's code, else the name of the error's class. */
  readonly type: string
  /** Value of `db.response.status_code`: what the database answered; `undefined` if it did not answer. */
  readonly statusCode: string | undefined
  /** What happened, without values. */
  readonly message: string | undefined
}

interface ErrorFields {
  readonly name: string | undefined
  readonly message: string | undefined
  readonly code: unknown
  readonly errno: unknown
  readonly number: unknown
  readonly sqlState: unknown
  readonly severity: unknown
  readonly syscall: unknown
}

const OTHER = '_OTHER'
const MAX_MESSAGE_CHARACTERS = 200
const CODE = /^[\w.-]{1,64}$/
const SQL_STATE = /^[0-9A-Z]{5}$/
const CLASS_NAME = /^[\w$.]{1,64}$/
const ORACLE_CODE = /^[A-Z]{2,4}-\d{1,6}$/
// Redis answers `-WRONGTYPE Operation against a key ...`: the first word tells the kind.
const REDIS_KIND = /^([A-Z][A-Z0-9_]{2,31})(?: |$)/

const statusCodes: Readonly<Record<string, (error: ErrorFields) => string | undefined>> = {
  // A code of five characters alone is not enough: EPIPE has them too.
  postgresql: ({ code, severity }) =>
    typeof severity === 'string' && typeof code === 'string' && SQL_STATE.test(code) ? code : undefined,
  mysql: ({ errno, sqlState }) => (typeof sqlState === 'string' ? integer(errno) : undefined),
  redis: ({ message, syscall }) => (syscall === undefined ? REDIS_KIND.exec(message ?? '')?.[1] : undefined),
  mongodb: ({ code }) => integer(code),
  'microsoft.sql_server': ({ number }) => integer(number),
  'oracle.db': ({ code }) => (typeof code === 'string' && ORACLE_CODE.test(code) ? code : undefined),
  cassandra: ({ code }) => integer(code),
}

/** Puts an error of a driver into words. Throws nothing, whatever the error is. */
export function describeFailure(system: string, error: unknown): Failure {
  try {
    const fields = readFields(error)
    const statusCode = statusCodes[system]?.(fields)
    const { code, message } = fields
    const symbol = typeof code === 'string' && CODE.test(code) ? code : undefined
    return {
      // MySQL's symbol says what its number means; elsewhere the driver's symbol is the coarser one.
      type: (system === 'mysql' ? (symbol ?? statusCode) : (statusCode ?? symbol)) ?? fields.name ?? OTHER,
      statusCode,
      message: message === undefined || message === '' ? undefined : describeMessage(message, fields),
    }
  } catch {
    return { type: OTHER, statusCode: undefined, message: undefined }
  }
}

/** What the system says of a socket names the server and no value; what a database says may repeat values. */
function describeMessage(message: string, { code, syscall }: ErrorFields): string {
  const isOfSystem = typeof syscall === 'string' && typeof code === 'string' && message.startsWith(`${syscall} ${code}`)
  return isOfSystem ? message.slice(0, MAX_MESSAGE_CHARACTERS) : maskErrorMessage(message)
}

function readFields(error: unknown): ErrorFields {
  if (typeof error !== 'object' || error === null) {
    return { ...EMPTY, name: error === undefined || error === null ? undefined : typeof error }
  }
  const fields = error as Partial<Record<keyof ErrorFields, unknown>>
  const { name, message, code, errno, number, sqlState, severity, syscall } = fields
  return {
    name: className(error, name),
    message: typeof message === 'string' ? message : undefined,
    code,
    errno,
    number,
    sqlState,
    severity,
    syscall,
  }
}

const EMPTY: ErrorFields = {
  name: undefined,
  message: undefined,
  code: undefined,
  errno: undefined,
  number: undefined,
  sqlState: undefined,
  severity: undefined,
  syscall: undefined,
}

function className(error: object, name: unknown): string | undefined {
  const { constructor } = error as { constructor?: { name?: unknown } }
  const candidates = [constructor?.name, name].filter(
    (candidate): candidate is string => typeof candidate === 'string' && CLASS_NAME.test(candidate),
  )
  return candidates.find((candidate) => candidate !== 'Error' && candidate !== 'Object') ?? candidates[0]
}

function integer(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined
}
