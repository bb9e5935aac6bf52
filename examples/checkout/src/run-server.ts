import { pino } from 'pino'
import { startService } from './service.ts'
import type { Service, ServiceOptions } from './service.ts'
import { readSettings } from './settings.ts'

const log = pino({ name: 'checkout' })

/**
 * Runs the service with the settings of the environment until SIGTERM or SIGINT; logs by pino to standard output.
 *
 * @param build makes the listener of the service's parts; what `createApp` makes by default.
 */
export function runServer(build?: ServiceOptions['build']): void {
  serve(build).catch((error: unknown) => {
    log.fatal({ err: error }, 'not started')
    process.exitCode = 1
  })
}

async function serve(build: ServiceOptions['build']): Promise<void> {
  const settings = readSettings(process.env)
  log.level = settings.logLevel
  stopOn(['SIGTERM', 'SIGINT'], await startService({ settings, log, ...(build && { build }) }))
}

function stopOn(signals: readonly NodeJS.Signals[], service: Service): void {
  let isStopping = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (isStopping) return
      isStopping = true
      service.stop().then(
        () => log.info('stopped'),
        (error: unknown) => {
          log.error({ err: error }, 'not stopped cleanly')
          process.exitCode = 1
        },
      )
    })
  }
}
