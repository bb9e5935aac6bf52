import { context, diag, trace } from '@opentelemetry/api'
import { globalErrorHandler } from '@opentelemetry/core'
import { afterEach, expect, it } from 'vitest'
import { routeDiagnostics } from './diagnostics.ts'
import { routeErrors } from './global-errors.ts'

afterEach(() => {
  diag.disable()
  trace.disable()
  context.disable()
})

function listen(level: Parameters<typeof routeDiagnostics>[0]): string[] {
  const lines: string[] = []
  routeDiagnostics(level, (line) => lines.push(line))
  return lines
}

it('makes one line out of what upstream says, without stack and objects', () => {
  const lines = listen('info')
  diag.error('export failed\nat somewhere', { headers: 'secret' }, new Error('ECONNREFUSED'))
  routeErrors()
  globalErrorHandler(new TypeError('bad value'))
  expect(lines).toEqual(['export failed', 'OpenTelemetry TypeError: bad value'])
})

it('leaves out upstream’s information until somebody debugs', () => {
  const quiet = listen('info')
  diag.info('inner working')
  expect(quiet).toEqual([])
  const talkative = listen('debug')
  diag.info('inner working')
  expect(talkative).toContain('inner working')
})

it.each(['none', 'error'] as const)('says no warning at level %s', (level) => {
  const lines = listen(level)
  diag.warn('careful')
  expect(lines).toEqual([])
})

it('says what a second SDK in the process means', () => {
  const lines = listen('info')
  const provider = trace.getTracerProvider()
  trace.setGlobalTracerProvider(provider)
  trace.setGlobalTracerProvider(provider)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^The application registers an OpenTelemetry SDK of its own/)
})
