import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeConfig, maskUrl } from './describe.ts'
import { formatValue } from './describe-option.ts'
import { OPTIONS } from './options.ts'
import { resolveConfig } from './resolve.ts'
import type { Environment } from './resolve.ts'

const show = (env: Environment, variable: string): string | undefined =>
  describeConfig(resolveConfig(env)).find((option) => option.variable === variable)?.value

describe('the effective configuration', () => {
  it('lists every variable once, in the order of the table, with its source', () => {
    const described = describeConfig(resolveConfig({ PLUTUS_ESM: 'off' }))
    expect(described.map(({ variable }) => variable)).toEqual(OPTIONS.map(({ variable }) => variable))
    expect(described).toContainEqual({ variable: 'PLUTUS_ESM', value: 'off', source: 'environment' })
    expect(described).toContainEqual({ variable: 'PLUTUS_ENGINE', value: 'plutus', source: 'default' })
    expect(described).toContainEqual({ variable: 'OTEL_SERVICE_NAME', value: '', source: 'default' })
  })

  it('marks what a configuration file decides', () => {
    const described = describeConfig(resolveConfig({ OTEL_CONFIG_FILE: 'otel.yaml' }))
    expect(described).toContainEqual({ variable: 'OTEL_TRACES_EXPORTER', value: 'otlp', source: 'file' })
  })

  it('keeps header names and masks their values', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20S3CRET,x-key=S3CRET' }
    expect(show(env, 'OTEL_EXPORTER_OTLP_HEADERS')).toBe('authorization=****,x-key=****')
    expect(show(env, 'OTEL_EXPORTER_OTLP_LOGS_HEADERS')).toBe('authorization=****,x-key=****')
  })

  it('masks the credentials of an endpoint', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:S3CRET@otlp/?key=S3CRET' }
    expect(show(env, 'OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('https://****@otlp?****')
    expect(show(env, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT')).toBe('https://****@otlp/v1/logs?****')
  })

  it('shows values in a spelling that the variable accepts', () => {
    expect(show({ PLUTUS_SERVER_TIMING: 'yes' }, 'PLUTUS_SERVER_TIMING')).toBe('1')
    expect(show({ OTEL_SDK_DISABLED: 'TRUE' }, 'OTEL_SDK_DISABLED')).toBe('true')
    expect(show({ PLUTUS_CORRELATION_HOSTS: '*.A.b, c' }, 'PLUTUS_CORRELATION_HOSTS')).toBe('*.a.b,c')
    expect(show({ PLUTUS_TRUST_PROXY: '10.0.0.0/8, ::1' }, 'PLUTUS_TRUST_PROXY')).toBe('10.0.0.0/8,::1/128')
    expect(show({ PLUTUS_TRUST_PROXY: '2' }, 'PLUTUS_TRUST_PROXY')).toBe('2')
    expect(show({ PLUTUS_SLOW_REQUEST_ROUTES: '/a=5' }, 'PLUTUS_SLOW_REQUEST_ROUTES')).toBe('/a=5')
    expect(show({ PLUTUS_LOG_LEVELS: 'a=warning' }, 'PLUTUS_LOG_LEVELS')).toBe('a=warn')
  })

  it('cuts long values and prints no character that steers a terminal', () => {
    expect(show({ OTEL_SERVICE_NAME: 'x'.repeat(256) }, 'OTEL_SERVICE_NAME')).toBe('x'.repeat(256))
    expect(show({ OTEL_SERVICE_NAME: 'x'.repeat(257) }, 'OTEL_SERVICE_NAME')).toBe(`${'x'.repeat(256)}…`)
    expect(show({ OTEL_RESOURCE_ATTRIBUTES: 'a=%1b%0a%e2%80%ae' }, 'OTEL_RESOURCE_ATTRIBUTES')).toBe('a=???')
  })

  it('reads back what it shows', () => {
    const env = {
      PLUTUS_TRUST_PROXY: 'uniquelocal',
      PLUTUS_CORRELATION_HOSTS: '*.svc.local,[::1]',
      PLUTUS_SLOW_REQUEST_ROUTES: '/pay=300',
      OTEL_TRACES_EXPORTER: 'console,otlp',
      OTEL_TRACES_SAMPLER_ARG: '.5',
      LOG_LEVEL: 'verbose',
    }
    const first = resolveConfig(env)
    for (const spec of OPTIONS.filter(({ variable }) => variable in env)) {
      const again = resolveConfig({ [spec.variable]: formatValue(spec, first.get(spec.variable)) })
      expect(again.get(spec.variable)).toEqual(first.get(spec.variable))
    }
  })
})

describe('a masked URL', () => {
  it.each([
    ['https://otlp.example.com/v1', 'https://otlp.example.com/v1'],
    ['https://me:pw@otlp.example.com/v1', 'https://****@otlp.example.com/v1'],
    ['https://token@otlp', 'https://****@otlp'],
    ['https://:pw@otlp', 'https://****@otlp'],
    ['https://otlp/v1?key=1&b=2', 'https://otlp/v1?****'],
    ['https://otlp/v1#key', 'https://otlp/v1#****'],
    ['https://otlp?a@b', 'https://otlp?****'],
    ['http:////me:pw@otlp', 'http://****@otlp'],
    ['https://me:p@otlp/v1/@team', 'https://****@otlp/v1/@team'],
    ['https://otlp/v1/@team', 'https://otlp/v1/@team'],
    ['http://me:p w@[otlp', '****@[otlp'],
    ['me:pw@otlp:4317', '****@otlp:4317'],
    ['collector:4317', 'collector:4317'],
    ['', ''],
  ])('shows %s as %s', (url, expected) => {
    expect(maskUrl(url)).toBe(expected)
  })

  it('shows neither user name, password, query nor fragment of any URL', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.string({ unit: 'grapheme' }),
        (text, odd) => {
          const url = new URL(text)
          url.username = `S3CRET${odd}`
          url.password = `S3CRET${odd}`
          url.search = `?S3CRET${odd}`
          url.hash = `#S3CRET${odd}`
          expect(maskUrl(url.href)).not.toContain('S3CRET')
          expect(maskUrl(url.href)).toContain(url.host)
        },
      ),
    )
  })
})
