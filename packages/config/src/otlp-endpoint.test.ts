import { describe, expect, it } from 'vitest'
import { resolveConfig } from './resolve.ts'
import type { Environment } from './resolve.ts'

const endpoints = (env: Environment): string[] => {
  const config = resolveConfig(env)
  return [
    config.get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
    config.get('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'),
    config.get('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'),
  ]
}
const warned = (env: Environment): string[] => resolveConfig(env).warnings.map(({ variable }) => variable)

describe('the endpoint of a signal', () => {
  it('has the path of the signal, and no path over gRPC', () => {
    expect(endpoints({})).toEqual([
      'http://localhost:4318/v1/traces',
      'http://localhost:4318/v1/metrics',
      'http://localhost:4318/v1/logs',
    ])
    expect(endpoints({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual([
      'http://localhost:4317',
      'http://localhost:4317',
      'http://localhost:4317',
    ])
    expect(endpoints({ OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc' })[1]).toBe('http://localhost:4317')
  })

  it.each([
    ['http://otlp:4318', 'http://otlp:4318/v1/traces'],
    ['http://otlp:4318/', 'http://otlp:4318/v1/traces'],
    ['https://otlp/base', 'https://otlp/base/v1/traces'],
    ['https://otlp/base/?key=1', 'https://otlp/base/v1/traces?key=1'],
    ['https://otlp?key=a/b', 'https://otlp/v1/traces?key=a/b'],
    ['https://otlp/#x', 'https://otlp/v1/traces#x'],
  ])('appends its path to the general endpoint %s', (general, expected) => {
    expect(endpoints({ OTEL_EXPORTER_OTLP_ENDPOINT: general })[0]).toBe(expected)
  })

  it('is used as it is where the signal has its own', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs/x' }
    expect(endpoints(env)).toEqual(['http://all/v1/traces', 'http://all/v1/metrics', 'http://logs/x'])
  })

  it('is general over gRPC as it is', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
    expect(endpoints(env)).toEqual(['collector:4317', 'collector:4317', 'collector:4317'])
    expect(warned(env)).toEqual([])
    expect(resolveConfig(env).get('OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('collector:4317')
  })

  it('follows the protocol in the default of the general variable', () => {
    expect(resolveConfig({}).get('OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('http://localhost:4318')
    expect(resolveConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).get('OTEL_EXPORTER_OTLP_ENDPOINT')).toBe(
      'http://localhost:4317',
    )
  })
})

describe('an endpoint without a scheme', () => {
  it('is refused where a signal over HTTP would use it', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }
    expect(warned(env)).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT'])
    expect(endpoints(env)[0]).toBe('http://localhost:4318/v1/traces')
    expect(resolveConfig(env).isSet('OTEL_EXPORTER_OTLP_ENDPOINT')).toBe(false)
  })

  it('is refused for one signal, and the general one holds', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'logs:4318' }
    expect(resolveConfig(env).warnings).toEqual([
      {
        variable: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
        message:
          'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT must be a URL that starts with http:// or https://; with the protocol grpc also host:port or unix:///path; OTEL_EXPORTER_OTLP_ENDPOINT holds instead',
      },
    ])
    expect(endpoints(env)[2]).toBe('http://all/v1/logs')
  })

  it('is kept for signals over gRPC beside signals over HTTP, with a warning', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }
    expect(warned(env)).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT'])
    expect(endpoints(env)).toEqual([
      'collector:4317',
      'http://localhost:4318/v1/metrics',
      'http://localhost:4318/v1/logs',
    ])
  })

  it('is accepted for one signal over gRPC', () => {
    const env = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'logs:4317', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' }
    expect(warned(env)).toEqual([])
    expect(endpoints(env)[2]).toBe('logs:4317')
  })

  it('does not matter to a signal that is not sent by OTLP', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'console',
    }
    expect(warned(env)).toEqual([])
  })
})
