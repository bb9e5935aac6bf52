import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OptionSpec } from './option-spec.ts'
import { OPTIONS } from './options.ts'
import { parseValue } from './parse-value.ts'
import type { Parsed } from './parse-value.ts'

const REFUSED: Parsed = { problem: 'value' }
const read = (variable: string, text: string): Parsed => {
  const spec: OptionSpec | undefined = OPTIONS.find((each) => each.variable === variable)
  if (spec === undefined) throw new Error(`no variable ${variable}`)
  return parseValue(spec, text)
}
const specs: readonly OptionSpec[] = OPTIONS
const numbers = specs.filter((spec) => spec.type === 'integer' || spec.type === 'number')
const closed = specs.filter((spec) => spec.type === 'enum' || spec.type === 'choices')

describe('numbers', () => {
  it.each(numbers.map((spec) => [spec.variable, spec.range, spec.type] as const))(
    '%s accepts both ends of its range and refuses what is beyond',
    (variable, [min, max], type) => {
      const step = type === 'integer' ? 1 : 0.001
      expect(read(variable, String(min))).toEqual({ value: min })
      expect(read(variable, String(max))).toEqual({ value: max })
      expect(read(variable, String(min - step))).toEqual(REFUSED)
      expect(read(variable, String(max + step))).toEqual(REFUSED)
    },
  )

  it.each(['5s', '5.0', '0x5', '5e0', '1_000', '5 5', '5,', 'NaN', 'Infinity', '٥', '--5', '+', '1'.repeat(16)])(
    'refuses %j as an integer',
    (text) => {
      expect(read('OTEL_BSP_SCHEDULE_DELAY', text)).toEqual(REFUSED)
    },
  )

  it.each([
    ['+5', 5],
    ['007', 7],
    [' 5\n', 5],
    ['-0', 0],
  ])('reads %j as the integer %d', (text, value) => {
    expect(read('OTEL_BSP_SCHEDULE_DELAY', text)).toEqual({ value })
  })

  it.each([
    ['0.25', 0.25],
    ['.25', 0.25],
    ['1.', 1],
    ['1e-3', 0.001],
    ['-0', 0],
  ])('reads %j as the number %d', (text, value) => {
    expect(read('OTEL_TRACES_SAMPLER_ARG', text)).toEqual({ value })
  })

  it.each(['.', '', 'e1', '1e', '0x1', '50%', 'NaN', 'Infinity', '1,0', 'rate=0.5'].filter((text) => text !== ''))(
    'refuses %j as a number',
    (text) => {
      expect(read('OTEL_TRACES_SAMPLER_ARG', text)).toEqual(REFUSED)
    },
  )
})

describe('words', () => {
  it.each(closed.map((spec) => [spec.variable, spec] as const))(
    '%s accepts each of its words in any case and no other',
    (_variable, spec) => {
      for (const word of spec.range) {
        const value = spec.type === 'enum' ? word : [word]
        expect(parseValue(spec, ` ${word.toUpperCase()} `)).toEqual({ value })
        expect(parseValue(spec, `${word}x`)).toEqual(REFUSED)
      }
    },
  )

  it.each([
    ['OTEL_SDK_DISABLED', 'true', true],
    ['OTEL_SDK_DISABLED', 'True', true],
    ['OTEL_SDK_DISABLED', 'FALSE', false],
    ['PLUTUS_SERVER_TIMING', '1', true],
    ['PLUTUS_SERVER_TIMING', 'On', true],
    ['PLUTUS_SERVER_TIMING', 'yes', true],
    ['PLUTUS_SERVER_TIMING', 'true', true],
    ['PLUTUS_SERVER_TIMING', '0', false],
    ['PLUTUS_SERVER_TIMING', 'off', false],
    ['PLUTUS_SERVER_TIMING', 'NO', false],
    ['PLUTUS_SERVER_TIMING', 'false', false],
  ])('reads the switch %s=%s as %s', (variable, text, value) => {
    expect(read(variable, text)).toEqual({ value })
  })

  it.each([
    ['OTEL_SDK_DISABLED', '1'],
    ['OTEL_SDK_DISABLED', 'yes'],
    ['PLUTUS_SERVER_TIMING', '2'],
    ['PLUTUS_SERVER_TIMING', 'y'],
  ])('refuses the switch %s=%s', (variable, text) => {
    expect(read(variable, text)).toEqual(REFUSED)
  })

  it.each([
    ['trace', 'trace'],
    ['SILLY', 'trace'],
    ['10', 'trace'],
    ['verbose', 'debug'],
    ['Info', 'info'],
    ['30', 'info'],
    ['warning', 'warn'],
    ['err', 'error'],
    ['critical', 'fatal'],
    ['60', 'fatal'],
    ['silent', 'off'],
    ['none', 'off'],
    ['off', 'off'],
  ])('understands the level %s of another library as %s', (text, value) => {
    expect(read('LOG_LEVEL', text)).toEqual({ value })
  })

  it.each(['loud', '35', 'constructor', 'info,'])('refuses the level %s', (text) => {
    expect(read('LOG_LEVEL', text)).toEqual(REFUSED)
  })
})

describe('lists', () => {
  it('keeps order, drops repetitions and empty entries', () => {
    expect(read('OTEL_PROPAGATORS', ' b3 ,,tracecontext,B3, b3')).toEqual({ value: ['b3', 'tracecontext'] })
    expect(read('PLUTUS_BAGGAGE_KEYS', 'b,a,b')).toEqual({ value: ['b', 'a'] })
  })

  it('leaves unknown words out and says so', () => {
    expect(read('OTEL_PROPAGATORS', 'jaeger,b3')).toEqual({ value: ['b3'], problem: 'entries' })
    expect(read('OTEL_PROPAGATORS', 'jaeger,xray')).toEqual(REFUSED)
  })

  it('lets none win over other words', () => {
    expect(read('OTEL_TRACES_EXPORTER', 'otlp,none')).toEqual({ value: ['none'] })
    expect(read('OTEL_TRACES_EXPORTER', 'otlp,none,zipkin')).toEqual({ value: ['none'], problem: 'entries' })
  })

  it('reads header names in lower case and leaves out what no header can be called', () => {
    expect(read('PLUTUS_CORRELATION_HEADERS', 'X-Flow, x-flow,X-Request-ID')).toEqual({
      value: ['x-flow', 'x-request-id'],
    })
    expect(read('PLUTUS_CORRELATION_HEADERS', 'x flow,x-flow')).toEqual({ value: ['x-flow'], problem: 'entries' })
    expect(read('PLUTUS_CORRELATION_HEADERS', 'x-flöw')).toEqual(REFUSED)
  })

  it('leaves entries with control characters out', () => {
    expect(read('PLUTUS_REDACT_KEYS', 'pin,a\u001b[2Jb')).toEqual({ value: ['pin'], problem: 'entries' })
  })
})

describe('texts, paths and endpoints', () => {
  it.each(['a\u0000b', 'a\u001fb', 'a\u2029b', 'a\nb', 'a\u001bb', 'a\u007fb', 'a\u009fb', 'a\u2028b'])(
    'refuses the control character in %j',
    (text) => {
      expect(read('OTEL_SERVICE_NAME', text)).toEqual(REFUSED)
      expect(read('PLUTUS_POLICY_FILE', text)).toEqual(REFUSED)
      expect(read('OTEL_EXPORTER_OTLP_ENDPOINT', `http://host/${text}`)).toEqual(REFUSED)
    },
  )

  it.each(['a~b', 'a\u00a0b', 'Zahlungen/münchen 💶'])('accepts the text %j', (text) => {
    expect(read('OTEL_SERVICE_NAME', text)).toEqual({ value: text })
  })

  it.each([
    'http://localhost:4318',
    'HTTPS://user:pw@otlp.example.com/base/?key=1',
    'http://[::1]:4318/',
    'collector:4317',
    '[::1]:4317',
    'unix:///run/otel.sock',
  ])('accepts the endpoint %s', (text) => {
    expect(read('OTEL_EXPORTER_OTLP_ENDPOINT', text)).toEqual({ value: text })
  })

  it.each([
    'localhost',
    'ftp://host',
    'http://',
    'http://a b',
    'http://host:99999',
    'user:pw@host:1',
    '/v1',
    'unix://x',
    '::1:4317',
  ])('refuses the endpoint %s', (text) => {
    expect(read('OTEL_EXPORTER_OTLP_ENDPOINT', text)).toEqual(REFUSED)
  })
})

describe('pairs', () => {
  it('reads headers in lower case, values percent-decoded', () => {
    const { value, problem } = read('OTEL_EXPORTER_OTLP_HEADERS', 'Authorization=Basic%20dTpw==, x-a = b;c ,')
    expect(value).toEqual({ authorization: 'Basic dTpw==', 'x-a': 'b;c' })
    expect(problem).toBeUndefined()
  })

  it.each(['a b=c', '=c', 'a', 'a=%zz', 'a=%0d%0aSet-Cookie:x', 'a=%00', 'a=€'])(
    'leaves out the header %j, which no request could carry',
    (entry) => {
      expect(read('OTEL_EXPORTER_OTLP_HEADERS', `${entry},ok=1`)).toEqual({ value: { ok: '1' }, problem: 'entries' })
      expect(read('OTEL_EXPORTER_OTLP_HEADERS', entry)).toEqual(REFUSED)
    },
  )

  it('accepts an empty header value and Latin-1', () => {
    expect(read('OTEL_EXPORTER_OTLP_HEADERS', 'a=,b=\u00ff\t.')).toEqual({ value: { a: '', b: '\u00ff\t.' } })
  })

  it('reads resource attributes, keys and values percent-decoded', () => {
    expect(read('OTEL_RESOURCE_ATTRIBUTES', 'service.version=1.2, team=a%2Cb%3D%C3%BC,%6bey=')).toEqual({
      value: { 'service.version': '1.2', team: 'a,b=ü', key: '' },
    })
  })

  it.each(['a=b,c', 'a=b,=c', 'a=b,c=%zz', 'a=b,c=d=e'])(
    'refuses all resource attributes for one wrong entry: %s',
    (text) => {
      expect(read('OTEL_RESOURCE_ATTRIBUTES', text)).toEqual(REFUSED)
    },
  )

  it('reads levels by logger name', () => {
    expect(read('PLUTUS_LOG_LEVELS', 'payments=debug, db = WARNING')).toEqual({
      value: { payments: 'debug', db: 'warn' },
    })
    expect(read('PLUTUS_LOG_LEVELS', 'payments=loud,db=warn')).toEqual({ value: { db: 'warn' }, problem: 'entries' })
  })

  it('reads limits by route, the last equals sign ending the route', () => {
    expect(read('PLUTUS_SLOW_REQUEST_ROUTES', '/pay=1,/report=86400000,/a=b=5')).toEqual({
      value: { '/pay': 1, '/report': 86_400_000, '/a=b': 5 },
    })
  })

  it.each(['/pay=0', '/pay=86400001', '/pay=1.5', '/pay=', '/pay', 'pay=5', '/p\u0007=5'])(
    'leaves out the limit %j',
    (entry) => {
      expect(read('PLUTUS_SLOW_REQUEST_ROUTES', `${entry},/ok=5`)).toEqual({ value: { '/ok': 5 }, problem: 'entries' })
    },
  )
})

it('takes time linear in the text, whatever the text', () => {
  // Ten thousand repetitions of what could make a scan start over; quadratic work would take minutes here.
  const hostile = ['=', ',', '%', '1', '.', '*.', 'a.', '[::', 'a=b,', 'http://', '10.0.0.0/8,', ' ', '1e', '@'].map(
    (part) => part.repeat(Math.floor(131_072 / part.length)),
  )
  for (const spec of specs) for (const text of hostile) expect(parseValue(spec, text)).toBeTypeOf('object')
})

it('never throws and gives a value or a problem only', () => {
  fc.assert(
    fc.property(fc.constantFrom(...specs), fc.string({ unit: 'binary' }), (spec, text) => {
      const parsed = parseValue(spec, text)
      expect(['value', 'entries', undefined]).toContain(parsed.problem)
      expect(parsed.problem === 'value' && parsed.value !== undefined).toBe(false)
    }),
  )
})
