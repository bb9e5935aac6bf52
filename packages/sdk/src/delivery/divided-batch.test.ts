import { expect, it } from 'vitest'
import { DividedBatch } from './divided-batch.ts'
import { createPipeline, settingsFor } from './pipeline.test.helper.ts'
import { recordBytesOf } from './packed-batch.ts'
import type { PackedBatch } from './packed-batch.ts'
import { RequestSize } from './request-size.ts'
import type { Divisibility } from './transport.ts'

const { packed } = createPipeline(settingsFor('http://collector'))

/** Sends a batch to an endpoint that judges each request. Returns what became of its parts, and how often it was asked. */
function send(batch: PackedBatch, answer: (batch: PackedBatch) => Divisibility | undefined, size = new RequestSize()) {
  const parts = new DividedBatch(batch, size)
  const fates: [records: number, fate: 'taken' | 'refused' | 'hopeless'][] = []
  let asked = 0
  for (let part = parts.next(); part !== undefined; part = parts.next()) {
    const { records } = part.batch
    if (part.isHopeless) {
      fates.push([records, 'hopeless'])
      continue
    }
    asked++
    const how = answer(part.batch)
    if (how === undefined) {
      parts.taken(part)
      fates.push([records, 'taken'])
    } else if (!parts.refused(part, how)) fates.push([records, 'refused'])
  }
  return { fates, asked }
}

const tooLarge =
  (limit: number) =>
  (batch: PackedBatch): Divisibility | undefined =>
    recordBytesOf(batch) > limit ? 'to-fit' : undefined

const one = recordBytesOf(packed('a'.repeat(1000)))
const eight = packed(...Array.from('abcdefgh', (letter) => letter.repeat(1000)))

it('is one request as long as nothing is refused', () => {
  expect(send(eight, () => undefined)).toEqual({ fates: [[8, 'taken']], asked: 1 })
})

it('is divided until it fits, and not again where that is known', () => {
  const size = new RequestSize()
  const fits = Array.from({ length: 4 }, () => [2, 'taken'])
  expect(send(eight, tooLarge(3 * one), size)).toEqual({ fates: fits, asked: 6 })
  expect(send(eight, tooLarge(Infinity), new RequestSize()).asked).toBe(1)
  const known = new RequestSize()
  known.refused(4 * one)
  expect(send(eight, tooLarge(2 * one), known)).toEqual({ fates: fits, asked: 4 })
})

it('is divided once where nothing tells that it is too large', () => {
  expect(send(eight, () => 'once')).toEqual({
    fates: [
      [4, 'refused'],
      [4, 'refused'],
    ],
    asked: 3,
  })
})

it('may be too large in halves, and refused for what is in it in parts', () => {
  let requests = 0
  const answers: readonly (Divisibility | undefined)[] = ['once', 'to-fit', 'once']
  expect(send(eight, () => answers[requests++])).toEqual({
    fates: [
      [2, 'refused'],
      [2, 'taken'],
      [2, 'taken'],
      [2, 'taken'],
    ],
    asked: 6,
  })
})

it('asks by itself for a record that is smaller than one that was refused, and for no other', () => {
  const batch = packed('x'.repeat(50), 'x'.repeat(50), 'x'.repeat(60), 'x'.repeat(40))
  expect(send(batch, () => 'to-fit').fates).toEqual([
    [1, 'refused'],
    [1, 'hopeless'],
    [1, 'hopeless'],
    [1, 'refused'],
  ])
  const limit = recordBytesOf(packed('x'.repeat(40)))
  expect(send(batch, tooLarge(limit)).fates.at(-1)).toEqual([1, 'taken'])
})

it('asks for a single record however large it is', () => {
  const size = new RequestSize()
  size.refused(2)
  expect(send(packed('x'.repeat(1000)), () => undefined, size)).toEqual({ fates: [[1, 'taken']], asked: 1 })
})
