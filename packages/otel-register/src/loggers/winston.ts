import { diag, type Logger } from '@opentelemetry/api'
import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation'
import { WinstonInstrumentation } from '@opentelemetry/instrumentation-winston'
import { addTraceFields, levelOf, toLogRecord, type Entry } from './winston-records.ts'

type Method = (this: WinstonLogger, ...args: unknown[]) => unknown

/** The members of winston 3's logger that are patched or asked. */
interface WinstonLogger {
  isLevelEnabled?(level: string): boolean
}
interface LoggerClass {
  readonly prototype: { push: Method }
}

/** The members of upstream's instrumentation that are replaced. */
interface Internals {
  readonly _modules: readonly InstrumentationModuleDefinition[]
  readonly logger: Logger
  _wrap(target: object, name: string, wrapper: (original: Method) => Method): void
  _getPatchedWrite: () => (original: Method) => Method
  isEnabled(): boolean
}

const isSupported = (definition: InstrumentationModuleDefinition): boolean =>
  definition.supportedVersions.includes('>=3 <4')

/**
 * Creates the instrumentation of winston: upstream's, which sends no records where its transport is not installed, adds
 * a transport to the application's array and trace ids to its objects.
 *
 * Of winston 3 every entry that a transport's level lets pass becomes one record, as the logger's formats have left
 * it, whatever number of transports and child loggers there are.
 */
export function createWinstonInstrumentation(): Instrumentation {
  const instrumentation = new WinstonInstrumentation({ disableLogSending: true })
  const internals = instrumentation as unknown as Internals
  internals._getPatchedWrite = () => (write) =>
    function (entry, ...rest) {
      return write.call(this, isEntry(entry) ? addTraceFields(entry) : entry, ...rest)
    }
  for (const file of internals._modules.filter(isSupported).flatMap(({ files }) => files)) {
    const { patch } = file
    file.patch = (exports: unknown, version?: string): unknown => {
      const patched: unknown = patch(exports, version)
      internals._wrap((patched as LoggerClass).prototype, 'push', (push) => emitOnPush(internals, push))
      return patched
    }
  }
  return instrumentation
}

/** Winston pushes each entry, formatted, towards its transports. */
function emitOnPush(internals: Internals, push: Method): Method {
  return function (entry, ...rest) {
    try {
      const isWanted = internals.isEnabled() && isEntry(entry) && this.isLevelEnabled?.(levelOf(entry)) !== false
      if (isWanted) internals.logger.emit(toLogRecord(entry))
    } catch (error) {
      diag.debug('a record of winston was not sent', error)
    }
    return push.call(this, entry, ...rest)
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null
}
