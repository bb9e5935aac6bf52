import { describe, expect, it } from 'vitest'
import { assembleRequest } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder } from './encoder.ts'
import { encodeLogAlone, encodeMetricAlone, encodeSpanAlone, keyValuesOf } from './oracle.test.helper.ts'
import type { Carrier, KeyVerdict, Redactor } from './redactor.ts'

const SECRET = 's3cret'

/** Masks the secret wherever it stands, and tells where it was asked. */
const createSpy = (
  verdicts: Record<string, KeyVerdict['values']> = {},
): { redact: Redactor; carriers: Set<Carrier>; asked: unknown[] } => {
  const carriers = new Set<Carrier>()
  const asked: unknown[] = []
  const mask = (text: string, carrier: Carrier): string => {
    carriers.add(carrier)
    asked.push(text)
    return text.replaceAll(SECRET, '***')
  }
  return {
    carriers,
    asked,
    redact: {
      key: (key, carrier) => ({ name: mask(key, carrier), values: verdicts[key] ?? 'check' }),
      text: mask,
      number: (value, carrier) => (String(value).includes('4242') ? mask(`n${SECRET}`, carrier) : value),
      bytes: (value, carrier) => (value.length > 3 ? mask(`b${SECRET}`, carrier) : value),
      replace: (_value, carrier, verdict) => mask(`[${verdict.name}]`, carrier),
    },
  }
}

const attributes = {
  [`k.${SECRET}`]: 1,
  text: SECRET,
  list: [SECRET, { [SECRET]: SECRET }],
  number: 4242,
  big: 42_424_242n,
  bytes: Uint8Array.of(1, 2, 3, 4),
}
const long = `${SECRET}${'x'.repeat(5000)}`

describe('a redactor', () => {
  it('sees everything that becomes bytes, by where it stands', () => {
    const { redact, carriers } = createSpy()
    const losses: unknown[] = []
    const encoder = createEncoder({ redact, onLoss: (...loss) => losses.push(loss) })
    const out = new ByteBuffer(16)
    const ids = { traceId: [1, 2, 3, 4], spanId: [1, 2], flags: 0 }
    const traceState = `v=${SECRET}`
    const texts = { attributes, traceState }
    encoder.encodeSpan(out, {
      ...ids,
      ...texts,
      name: `n ${SECRET}`,
      kind: 0,
      startTime: 1,
      endTime: 2,
      statusCode: 2,
      statusMessage: long,
      events: [{ name: SECRET, time: 1, attributes }],
      links: [{ ...ids, ...texts }],
    })
    for (const body of [
      SECRET,
      long,
      attributes,
      [attributes],
      new Error(SECRET),
      new Map([[SECRET, new Set([SECRET])]]),
      new URL(`http://${SECRET}@h/`),
      { toJSON: () => SECRET },
      new Date(),
    ]) {
      encoder.encodeLogRecord(out, {
        body,
        attributes,
        attributePairs: [SECRET, SECRET],
        eventName: SECRET,
        severityText: SECRET,
      })
    }
    const described = { name: SECRET, description: SECRET, unit: SECRET }
    encoder.encodeMetric(out, {
      ...described,
      kind: 'gauge',
      valueType: 'int',
      points: [{ time: 1, value: 1, attributes }],
    })
    encoder.encodeMetric(out, {
      ...described,
      kind: 'histogram',
      temporality: 'delta',
      points: [{ time: 1, count: 0, bounds: [], bucketCounts: [0], attributes }],
    })
    const scope = encoder.encodeScope({ name: SECRET, version: SECRET, schemaUrl: SECRET, attributes })
    const resource = encoder.encodeResource({ attributes, schemaUrl: SECRET })
    const prepared = encoder.prepareAttributes(attributes, 'log.attribute').bytes
    const all = Buffer.concat([assembleRequest(resource, [{ scope, parts: [out.written()] }]), prepared])

    expect(all.indexOf(SECRET)).toBe(-1)
    expect(all.indexOf('***')).toBeGreaterThan(0)
    expect(losses).toEqual([])
    expect([...carriers].sort()).toEqual([
      'event.attribute',
      'event.name',
      'link.attribute',
      'link.tracestate',
      'log.attribute',
      'log.body',
      'log.event_name',
      'log.severity_text',
      'metric.attribute',
      'metric.description',
      'metric.name',
      'metric.unit',
      'resource.attribute',
      'schema_url',
      'scope.attribute',
      'scope.name',
      'scope.version',
      'span.attribute',
      'span.name',
      'span.status',
      'span.tracestate',
    ])
  })

  it('may judge a member of an array by the one before it, but not under a key that is kept', () => {
    const after: Redactor['after'] = (before, _member, carrier) => {
      if (before === 'broken') throw new Error('broken')
      return before === '--key' ? { name: carrier, values: 'replace' } : undefined
    }
    const redact = { ...createSpy({ safe: 'keep' }).redact, after }
    const list = ['--key', 'x', 'y', 'broken', 'z']
    const { record, losses } = encodeLogAlone({ attributes: { list, safe: list } }, { redact })
    expect(record['attributes']).toEqual(
      keyValuesOf({ list: ['--key', '[log.attribute]', 'y', 'broken', '[masked]'], safe: list }),
    )
    expect(losses).toEqual({ redaction: 1 })
  })

  it('may judge a value by the name beside it, but not under a key that is kept', () => {
    const beside: Redactor['beside'] = (name, carrier) => {
      if (name === 'broken') throw new Error('broken')
      return name === 'key' ? { name: carrier, values: 'replace' } : undefined
    }
    const redact = { ...createSpy({ safe: 'keep' }).redact, beside }
    const pairs = [
      ['key', 'x'],
      ['key', 'x', 'y'],
      ['other', 'x'],
    ]
    const named = { value: 'x', name: 'key' }
    const broken = { key: 'broken', value: 'x' }
    const { record, losses } = encodeLogAlone({ attributes: { pairs, named, broken, safe: ['key', 'x'] } }, { redact })
    const masked = '[log.attribute]'
    expect(record['attributes']).toEqual(
      keyValuesOf({
        pairs: [
          ['key', masked],
          ['key', 'x', 'y'],
          ['other', 'x'],
        ],
        named: { value: masked, name: 'key' },
        broken: { key: 'broken', value: '[masked]' },
        safe: ['key', 'x'],
      }),
    )
    expect(losses).toEqual({ redaction: 1 })
  })

  it('may keep the values of a key unseen, but not of keys inside them', () => {
    const { redact, asked } = createSpy({ safe: 'keep' })
    const { record } = encodeLogAlone({ attributes: { safe: SECRET } }, { redact })
    expect(record['attributes']).toEqual(keyValuesOf({ safe: SECRET }))
    expect(asked).toEqual(['safe'])
    expect(encodeLogAlone({ attributes: { safe: { inner: SECRET } } }, { redact }).record['attributes']).toEqual(
      keyValuesOf({ safe: { inner: '***' } }),
    )
  })

  it.each<[value: unknown]>([['text'], [1], [2n], [true], [Uint8Array.of(1)], [['a']], [{ a: 1 }]])(
    'may replace the value %o of a key whole',
    (value) => {
      const { redact } = createSpy({ password: 'replace' })
      const expected = { password: '[password]' }
      expect(encodeLogAlone({ attributes: { password: value } }, { redact }).record['attributes']).toEqual(
        keyValuesOf(expected),
      )
      expect(encodeLogAlone({ body: { password: value } }, { redact }).record['body']).toMatchObject({
        kvlistValue: { values: keyValuesOf(expected) },
      })
    },
  )

  it('is asked once for a text that it leaves, and each time for one that it changes', () => {
    const { redact, asked } = createSpy()
    const encoder = createEncoder({ redact })
    const out = new ByteBuffer()
    for (let i = 0; i < 3; i++) encoder.encodeLogRecord(out, { attributes: { a: 'clean', b: SECRET } })
    expect(asked.filter((text) => text === 'clean')).toHaveLength(1)
    expect(asked.filter((text) => text === SECRET)).toHaveLength(3)
    expect(out.written().includes(SECRET.charCodeAt(0)) && Buffer.from(out.written()).includes(SECRET)).toBe(false)
  })

  it('is asked again also when what it wrote instead is as long as the secret', () => {
    const asked: string[] = []
    const text = (one: string): string => {
      asked.push(one)
      return one === SECRET ? '******' : one
    }
    const encoder = createEncoder({ redact: { ...createSpy().redact, text } })
    const record = { body: SECRET, eventName: SECRET, severityText: SECRET, attributes: { a: SECRET } }
    for (let i = 0; i < 20; i++) encoder.encodeLogRecord(new ByteBuffer(), record)
    expect(asked.filter((one) => one === SECRET)).toHaveLength(80)
  })

  it('does not have its judgement of one place carried over to another', () => {
    const redact: Redactor = {
      ...createSpy().redact,
      text: (text, carrier) => (carrier === 'event.name' || carrier === 'log.body' ? text : '***'),
    }
    const encoder = createEncoder({ redact })
    const out = new ByteBuffer()
    const span = { traceId: [1, 2, 3, 4], spanId: [1, 2], flags: 0, kind: 0, startTime: 1, endTime: 2 }
    for (let i = 0; i < 20; i++)
      encoder.encodeSpan(out, { ...span, name: 'other', events: [{ name: SECRET, time: 1 }] })
    for (let i = 0; i < 20; i++) encoder.encodeLogRecord(out, { body: SECRET })
    out.position = 0
    encoder.encodeSpan(out, { ...span, name: SECRET })
    encoder.encodeLogRecord(out, { eventName: SECRET, severityText: SECRET })
    expect(Buffer.from(out.written()).includes(SECRET)).toBe(false)
  })

  it('sees a text before it is cut, so that no half of a secret is left', () => {
    const { redact, asked } = createSpy()
    const { record } = encodeLogAlone({ attributes: { a: `abc${SECRET}` } }, { redact, limits: { logValueLength: 6 } })
    expect(asked).toContain(`abc${SECRET}`)
    expect(record['attributes']).toEqual(keyValuesOf({ a: 'abc***' }))
  })

  it('is asked once for each number, and what it leaves is written like any other', () => {
    const spy = createSpy().redact
    const asked: unknown[] = []
    const number: Redactor['number'] = (value, ...rest) => {
      asked.push(value)
      return spy.number(value, ...rest)
    }
    const numbers = { a: 1, b: 200, c: 1.5, d: -7, e: Number.NaN, f: 2 ** 40 }
    const { record } = encodeLogAlone({ attributes: { ...numbers, g: 4242 } }, { redact: { ...spy, number } })
    expect(record['attributes']).toEqual(keyValuesOf({ ...numbers, g: 'n***' }))
    expect(asked).toEqual([...Object.values(numbers), 4242])
  })

  it('masks what it throws at, and the encoder counts it', () => {
    const fail = (): never => {
      throw new Error(SECRET)
    }
    const spy = createSpy().redact
    const redact: Redactor = {
      ...spy,
      key: (key, carrier) => (key === 'bad' ? fail() : spy.key(key, carrier)),
      text: fail,
      number: fail,
      bytes: fail,
    }
    const { record, losses } = encodeLogAlone(
      { body: SECRET, eventName: SECRET, attributes: { t: SECRET, n: 1, b: Uint8Array.of(1), bad: SECRET } },
      { redact },
    )
    expect(record).toMatchObject({ body: { stringValue: '[masked]' }, eventName: '[masked]' })
    expect(record['attributes']).toEqual(
      keyValuesOf({ t: '[masked]', n: '[masked]', b: '[masked]', '[masked]': '[masked]' }),
    )
    expect(losses).toEqual({ redaction: 6 })
  })

  it('masks what it answers with anything else than its contract allows', () => {
    const nothing = (): never => undefined as never
    const redact: Redactor = { key: nothing, text: nothing, number: nothing, bytes: nothing, replace: nothing }
    expect(
      encodeLogAlone({ body: [SECRET, 1, Uint8Array.of(1)], attributes: { [SECRET]: SECRET } }, { redact }).record,
    ).toMatchObject({
      body: { arrayValue: { values: Array.from({ length: 3 }, () => ({ stringValue: '[masked]' })) } },
      attributes: keyValuesOf({ '[masked]': '[masked]' }),
    })
  })

  it('cannot be got around by an attribute key that the encoder itself might use', () => {
    const { redact } = createSpy()
    for (const key of ['', '\u0000', '__proto__', 'constructor', 'toString']) {
      const { bytes } = encodeLogAlone(
        { attributes: Object.fromEntries([[key, SECRET]]), body: Object.fromEntries([[key, SECRET]]) },
        { redact },
      )
      expect(Buffer.from(bytes).includes(SECRET)).toBe(false)
    }
    expect(
      encodeMetricAlone({ kind: 'gauge', name: SECRET, valueType: 'int', points: [] }, { redact }).record,
    ).toMatchObject({ name: '***' })
    expect(
      encodeSpanAlone(
        { traceId: '', spanId: '', flags: 0, name: SECRET, kind: 0, startTime: 1, endTime: 1 },
        { redact },
      ).record,
    ).toMatchObject({ name: '***' })
  })
})
