import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { OptionSpec } from './option-spec.ts'
import { OPTIONS } from './options.ts'
import { resolveConfig } from './resolve.ts'
import type { Environment } from './resolve.ts'

const refuse = (): never => {
  throw new Error('refused')
}
const messages = (env: Environment): string[] => resolveConfig(env).warnings.map(({ message }) => message)

function isInRange(spec: OptionSpec, value: unknown): boolean {
  if (value === undefined) return spec.default === undefined
  if (spec.type === 'integer' || spec.type === 'number') {
    return Number(value) >= spec.range[0] && Number(value) <= spec.range[1]
  }
  return spec.type === 'enum' ? spec.range.some((word) => word === value) : true
}

describe('values', () => {
  it('gives every variable its default in an empty environment, without a word', () => {
    const config = resolveConfig({})
    expect(config.warnings).toEqual([])
    for (const { variable, default: byDefault } of OPTIONS) {
      expect([variable, config.get(variable)]).toEqual([variable, byDefault])
      expect([variable, config.source(variable), config.isSet(variable)]).toEqual([variable, 'default', false])
    }
  })

  it('types a value by the table', () => {
    const config = resolveConfig({})
    expectTypeOf(config.get('OTEL_SDK_DISABLED')).toEqualTypeOf<boolean>()
    expectTypeOf(config.get('OTEL_BSP_SCHEDULE_DELAY')).toEqualTypeOf<number>()
    expectTypeOf(config.get('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT')).toEqualTypeOf<number | undefined>()
    expectTypeOf(config.get('OTEL_SERVICE_NAME')).toEqualTypeOf<string | undefined>()
    expectTypeOf(config.get('PLUTUS_ENGINE')).toEqualTypeOf<'plutus' | 'upstream'>()
    expectTypeOf(config.get('OTEL_EXPORTER_OTLP_LOGS_PROTOCOL')).toEqualTypeOf<'http/protobuf' | 'http/json' | 'grpc'>()
    expectTypeOf(config.get('OTEL_LOGS_EXPORTER')).toEqualTypeOf<readonly ('otlp' | 'console' | 'none')[]>()
    expectTypeOf(config.get('OTEL_EXPORTER_OTLP_HEADERS')).toEqualTypeOf<Readonly<Record<string, string>>>()
    expectTypeOf(config.get('PLUTUS_SLOW_REQUEST_ROUTES')).toEqualTypeOf<Readonly<Record<string, number>>>()
  })

  it('takes a value from the environment', () => {
    const config = resolveConfig({ OTEL_TRACES_SAMPLER: ' Always_Off ', OTEL_SDK_DISABLED: 'TRUE' })
    expect(config.get('OTEL_TRACES_SAMPLER')).toBe('always_off')
    expect(config.get('OTEL_SDK_DISABLED')).toBe(true)
    expect(config.source('OTEL_TRACES_SAMPLER')).toBe('environment')
    expect(config.isSet('OTEL_TRACES_SAMPLER')).toBe(true)
    expect(config.warnings).toEqual([])
  })

  it.each(['', ' ', '\t\n', ',', ' , ,'])('counts %j as not set', (blank) => {
    const config = resolveConfig({ OTEL_PROPAGATORS: blank })
    expect(config.get('OTEL_PROPAGATORS')).toEqual(['tracecontext', 'baggage'])
    expect(config.isSet('OTEL_PROPAGATORS')).toBe(false)
    expect(config.warnings).toEqual([])
  })

  it('says in one line what a bad value has to be and what holds instead, without repeating it', () => {
    expect(messages({ OTEL_EXPORTER_OTLP_PROTOCOL: 'nonsense' })).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, http/json or grpc; the default http/protobuf holds instead',
    ])
    expect(messages({ PLUTUS_EXIT_WAIT_MS: '60001' })).toEqual([
      'PLUTUS_EXIT_WAIT_MS must be an integer from 0 to 60000, in ms; the default 500 holds instead',
    ])
    expect(messages({ OTEL_SDK_DISABLED: '1' })).toEqual([
      'OTEL_SDK_DISABLED must be true or false; the default false holds instead',
    ])
    expect(messages({ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 'none' })).toEqual([
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT must be an integer from 1 to 2147483647; it counts as not set',
    ])
    expect(messages({ OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '5s' })).toEqual([
      'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT must be an integer from 1 to 2147483647, in ms; OTEL_EXPORTER_OTLP_TIMEOUT holds instead',
    ])
    expect(messages({ OTEL_TRACES_EXPORTER: 'otlp,zipkin' })).toEqual([
      'OTEL_TRACES_EXPORTER must be a comma-separated list out of otlp, console, none; entries that are not are left out',
    ])
  })

  it('treats a bad value as not set', () => {
    const config = resolveConfig({ OTEL_TRACES_SAMPLER: 'sometimes' })
    expect(config.get('OTEL_TRACES_SAMPLER')).toBe('parentbased_always_on')
    expect(config.source('OTEL_TRACES_SAMPLER')).toBe('default')
    expect(config.isSet('OTEL_TRACES_SAMPLER')).toBe(false)
  })

  it('says that a variable has no effect yet, once it is set to something', () => {
    const inert = OPTIONS.filter((spec) => 'inert' in spec && spec.source === 'opentelemetry')
    expect(inert.map(({ variable }) => variable)).toContain('OTEL_METRICS_EXEMPLAR_FILTER')
    expect(messages({ OTEL_METRICS_EXEMPLAR_FILTER: 'always_off' })).toEqual([
      'OTEL_METRICS_EXEMPLAR_FILTER has no effect in this version',
    ])
    expect(messages({ OTEL_METRICS_EXEMPLAR_FILTER: '' })).toEqual([])
  })
})

describe('a variable with a more general one', () => {
  it('falls back to it, and to its own default last', () => {
    expect(resolveConfig({}).get('OTEL_EXPORTER_OTLP_LOGS_TIMEOUT')).toBe(10_000)
    const config = resolveConfig({ OTEL_EXPORTER_OTLP_TIMEOUT: '1', OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '2' })
    expect(config.get('OTEL_EXPORTER_OTLP_LOGS_TIMEOUT')).toBe(2)
    expect(config.get('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT')).toBe(1)
    expect(config.source('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT')).toBe('environment')
    expect(config.isSet('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT')).toBe(false)
  })

  it('adds its headers to the general ones', () => {
    const config = resolveConfig({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=general,x-tenant=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'Authorization=traces',
    })
    expect(config.get('OTEL_EXPORTER_OTLP_TRACES_HEADERS')).toEqual({ authorization: 'traces', 'x-tenant': '1' })
    expect(config.get('OTEL_EXPORTER_OTLP_LOGS_HEADERS')).toEqual({ authorization: 'general', 'x-tenant': '1' })
  })

  it('never exceeds the variable that bounds it', () => {
    const config = resolveConfig({ OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_METRIC_EXPORT_INTERVAL: '1000' })
    expect(config.get('OTEL_BSP_MAX_EXPORT_BATCH_SIZE')).toBe(100)
    expect(config.get('OTEL_METRIC_EXPORT_TIMEOUT')).toBe(1000)
    expect(config.warnings).toEqual([])
  })

  it.each([
    ['100', []],
    ['101', ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE must not exceed OTEL_BSP_MAX_QUEUE_SIZE, which holds instead']],
  ])('warns where both are set and a batch of %s exceeds a queue of 100', (batch, expected) => {
    const env = { OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: batch }
    expect(messages(env)).toEqual(expected)
    expect(resolveConfig(env).get('OTEL_BSP_MAX_EXPORT_BATCH_SIZE')).toBe(100)
  })
})

describe('OTEL_CONFIG_FILE', () => {
  const env = {
    OTEL_CONFIG_FILE: '/etc/otel.yaml',
    OTEL_TRACES_SAMPLER: 'nonsense',
    OTEL_SERVICE_NAME: 'checkout',
    OTEL_TRACE_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'debug',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg',
    OTEL_SEMCONV_STABILITY_OPT_IN: 'http',
    PLUTUS_ESM: 'off',
  }

  it('decides the variables of the SDK, which then neither act nor warn', () => {
    const config = resolveConfig(env)
    expect(config.get('OTEL_SERVICE_NAME')).toBeUndefined()
    expect(config.isSet('OTEL_SERVICE_NAME')).toBe(false)
    expect(config.source('OTEL_SERVICE_NAME')).toBe('file')
    expect(config.source('OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('file')
    expect(config.warnings).toEqual([])
  })

  it('leaves what is outside the SDK to the environment', () => {
    const config = resolveConfig(env)
    expect(config.get('OTEL_CONFIG_FILE')).toBe('/etc/otel.yaml')
    expect(config.get('OTEL_LOG_LEVEL')).toBe('debug')
    expect(config.get('OTEL_NODE_DISABLED_INSTRUMENTATIONS')).toEqual(['pg'])
    expect(config.get('OTEL_SEMCONV_STABILITY_OPT_IN')).toEqual(['http'])
    expect(config.get('PLUTUS_ESM')).toBe('off')
    expect(config.source('PLUTUS_ESM')).toBe('environment')
    expect(config.source('PLUTUS_ENGINE')).toBe('default')
  })

  it('decides nothing while it is blank', () => {
    const config = resolveConfig({ ...env, OTEL_CONFIG_FILE: ' ' })
    expect(config.get('OTEL_SERVICE_NAME')).toBe('checkout')
    expect(config.warnings.map(({ variable }) => variable)).toEqual(['OTEL_TRACES_SAMPLER', 'OTEL_TRACE_EXPORTER'])
  })
})

describe('a hostile environment', () => {
  it('never makes it throw, leaves every value inside its range and tells it in printable characters', () => {
    const name = fc.oneof(
      fc.constantFrom(...OPTIONS.map(({ variable }) => variable)),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((rest) => `PLUTUS_${rest}`),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'PLUTUS___proto__', 'OTEL_', 'PLUTUS_'),
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '1', '=', ',', '%', '/', ':', '.', '-', '*', ' ', '\n', '\u001b', '[') }),
      fc.constantFrom('__proto__=1', '%', '%zz=%zz', '1e999', 'NaN', '-0', '0x10', '999999999999999999999'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text)), (pairs) => {
        const env = Object.create(null) as Record<string, string>
        for (const [key, value] of pairs) env[key] = value
        const config = resolveConfig(env)
        for (const spec of OPTIONS) {
          expect([spec.variable, isInRange(spec, config.get(spec.variable))]).toEqual([spec.variable, true])
        }
        for (const { message } of config.warnings) expect(message).toMatch(/^[\x20-\x7e…]+$/)
      }),
    )
  })

  it.each(OPTIONS.map(({ variable }) => variable))('repeats no value of %s in a warning', (variable) => {
    for (const value of ['S3CRET', 'a=S3CRET%', 'https://me:S3CRET@[host', '-1,S3CRET\n', '\u0000S3CRET']) {
      expect(messages({ [variable]: value }).join('\n')).not.toContain('S3CRET')
    }
  })

  it.each([
    ['names cannot be listed', new Proxy({}, { ownKeys: refuse })],
    ['is null', null],
    ['is a text', 'OTEL_SDK_DISABLED=true'],
  ])('gives the defaults where the environment %s', (_what, env) => {
    expect(resolveConfig(env as unknown as Environment).get('OTEL_SDK_DISABLED')).toBe(false)
  })

  it('reads past a getter that throws and a value that is no text', () => {
    const env = {
      get OTEL_SERVICE_NAME(): string {
        return refuse()
      },
      OTEL_BSP_SCHEDULE_DELAY: 5 as unknown as string,
      OTEL_TRACES_SAMPLER: 'always_off',
    }
    const config = resolveConfig(env)
    expect(config.get('OTEL_SERVICE_NAME')).toBeUndefined()
    expect(config.get('OTEL_BSP_SCHEDULE_DELAY')).toBe(5000)
    expect(config.get('OTEL_TRACES_SAMPLER')).toBe('always_off')
    expect(config.warnings).toEqual([])
  })

  it.each([
    [131_072, 'http', true],
    [131_073, undefined, false],
  ])('reads a value of %d characters: %s', (length, _start, accepted) => {
    const config = resolveConfig({ OTEL_SERVICE_NAME: 'x'.repeat(length) })
    expect(config.isSet('OTEL_SERVICE_NAME')).toBe(accepted)
    expect(config.warnings).toHaveLength(accepted ? 0 : 1)
  })

  it('keeps keys that would mean something to an object', () => {
    const headers = resolveConfig({ OTEL_EXPORTER_OTLP_TRACES_HEADERS: '__proto__=a,constructor=b' }).get(
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    )
    expect(Object.entries(headers)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(Object.getPrototypeOf(headers)).toBeNull()
  })

  it('gives the same answer to the same environment and freezes it', () => {
    const config = resolveConfig({ OTEL_PROPAGATORS: 'b3' })
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.warnings)).toBe(true)
    expect(Object.isFrozen(config.get('OTEL_PROPAGATORS'))).toBe(true)
  })

  it.each([
    ['win32', 'checkout', []],
    ['linux', undefined, ['Plutus_Esm is not read; did you mean PLUTUS_ESM?']],
  ])('tells the case of names as %s does', (platform, name, warnings) => {
    const actual = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor
    Object.defineProperty(process, 'platform', { ...actual, value: platform })
    try {
      const env = { Otel_Service_Name: 'checkout', Plutus_Esm: 'off' }
      expect(resolveConfig(env).get('OTEL_SERVICE_NAME')).toBe(name)
      expect(messages(env)).toEqual(warnings)
    } finally {
      Object.defineProperty(process, 'platform', actual)
    }
  })

  it('knows nothing of a variable that is not in the table', () => {
    expect(resolveConfig({ PATH: '/bin' }).get('PATH' as never)).toBeUndefined()
    expect(resolveConfig({}).get('__proto__' as never)).toBeUndefined()
  })
})
