import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ShortList } from './short-list.ts'
import type { Placed } from './short-list.ts'

it('holds what a set holds, whatever is added and taken out', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6), fc.boolean())), (steps) => {
      const all: Placed[] = Array.from({ length: 7 }, () => ({}))
      const list = new ShortList<Placed>()
      const known = new Set<Placed>()
      for (const [at, adds] of steps) {
        const member = all[at] as Placed
        if (adds && !known.has(member)) {
          list.add(member)
          known.add(member)
        } else if (!adds) {
          list.delete(member)
          known.delete(member)
        }
        expect(list.size).toBe(known.size)
        expect(new Set(list.copy())).toEqual(known)
      }
    }),
  )
})
