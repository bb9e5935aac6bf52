import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder } from './encoder.ts'
import { KeyCache } from './key-cache.ts'
import type { Redactor } from './redactor.ts'
import { ValueMemo } from './value-memo.ts'

const SECRET = 's3cret'
// As long as what it stands for, so that nothing but its letters tells the two apart.
const MASK = '******'

/** Masks the secret, and lists the texts that it was asked about. */
function createSpy(): { readonly redact: Redactor; readonly asked: string[] } {
  const asked: string[] = []
  const redact: Redactor = {
    key: (key) => ({ name: key, values: 'check' }),
    text: (text, _carrier, verdict) => {
      if (verdict !== undefined) asked.push(text)
      return text.replaceAll(SECRET, MASK)
    },
    number: (value) => value,
    bytes: (value) => value,
    replace: () => '[replaced]',
  }
  return { redact, asked }
}

/** The bytes of spans with these attributes, each alone, as one encoder writes them. */
function encodeAll(spans: readonly (readonly string[])[], createFor: () => ReturnType<typeof createEncoder>): string[] {
  return spans.map((attributePairs) => {
    const out = new ByteBuffer()
    out.bytes.fill(0xff) // what stands behind is none of its business
    const ids = { traceId: [1, 2, 3, 4], spanId: [1, 2], flags: 0 }
    createFor().encodeSpan(out, { ...ids, name: 'n', kind: 0, startTime: 1, endTime: 2, attributePairs })
    return Buffer.from(out.written()).toString('hex')
  })
}

it('writes what an encoder without any memory writes, whatever takes turns', () => {
  // Few characters, so that texts come again and share places; at lengths around what is remembered.
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'q', '1', 'é'), maxLength: 3 }),
    fc
      .tuple(fc.constantFrom(36, 63, 64, 65, 120, 121), fc.constantFrom('a', 'b', SECRET))
      .map(([size, end]) => end.padStart(size)),
  )
  const key = fc.constantFrom('a', 'b', 'k'.repeat(31), 'k'.repeat(93), 'k'.repeat(94))
  fc.assert(
    fc.property(fc.array(fc.array(fc.tuple(key, text), { maxLength: 3 }), { maxLength: 40 }), (spans) => {
      const pairs = spans.map((span) => [...new Map(span)].flat())
      const { redact } = createSpy()
      const one = createEncoder({ redact })
      expect(encodeAll(pairs, () => one)).toEqual(encodeAll(pairs, () => createEncoder({ redact })))
    }),
  )
})

it('keeps apart what is remembered side by side, however long', () => {
  const texts = Array.from({ length: 16 }, (_, i) => `${i.toString(16)}f`.padStart(64, '-'))
  const pairs = [...texts, ...texts].map((text) => ['k'.repeat(56), text])
  const one = createEncoder()
  expect(encodeAll(pairs, () => one)).toEqual(encodeAll(pairs, () => createEncoder()))
})

it('has the redactor asked once for texts that take turns', () => {
  const { redact, asked } = createSpy()
  const encoder = createEncoder({ redact })
  const ids = Array.from({ length: 16 }, (_, i) => `3f0c9c1e-7f5e-4c39-9d2b-6f0f8f1c2e0${i.toString(16)}`)
  encodeAll(
    Array.from({ length: 160 }, (_, i) => ['correlation.id', ids[i % 16] as string]),
    () => encoder,
  )
  expect(asked).toEqual(ids)
})

it('has it asked each time for a text that it changes', () => {
  const { redact, asked } = createSpy()
  const encoder = createEncoder({ redact })
  const texts = Array.from({ length: 20 }, (_, i) => `${SECRET} ${i % 2}`)
  const written = encodeAll(
    texts.map((text) => ['k', text]),
    () => encoder,
  )
  expect(asked).toEqual(texts)
  expect(written.join()).not.toContain(Buffer.from(SECRET).toString('hex'))
})

it('gives up on a key whose texts never come again, and tries again later', () => {
  const entry = new KeyCache(8, undefined).find('a')
  const stretches: number[] = []
  for (let i = 0, since = 0, isHopeful = true; i < 3_000; i++, since++) {
    entry.noteNews()
    if (entry.isHopeful === isHopeful) continue
    stretches.push(since)
    since = 0
    isHopeful = entry.isHopeful
  }
  expect(stretches.slice(0, 3)).toEqual([63, 1_024, 32])
})

it('does not give up on a key of whose texts every fifth comes again', () => {
  const entry = new KeyCache(8, undefined).find('a')
  for (let i = 0; i < 1_000; i++) {
    if (i % 5 === 4) entry.noteFind()
    else entry.noteNews()
    expect(entry.isHopeful).toBe(true)
  }
})

it('takes no memory before there is something to remember', () => {
  const memo = new ValueMemo()
  expect(memo.put(new ByteBuffer(512), 0x4a, new KeyCache(8, undefined).find('a'), 'text')).toBe(false)
})
