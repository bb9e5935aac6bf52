import { expect, it } from 'vitest'
import { packWords, putWordsAt } from './words.ts'

it('copies bytes of UTF-8, whatever stands behind them', () => {
  const text = 'GET /größe/€/😀/\u007f\u{10ffff}'
  for (let length = 0; length <= Buffer.byteLength(text); length++) {
    for (const behind of [0, 0x7f, 0xf0, 0xff]) {
      const source = Buffer.alloc(64, behind)
      source.write(text)
      const words = packWords(new DataView(source.buffer, source.byteOffset, source.length), 0, length)
      const target = Buffer.alloc(64)
      putWordsAt(new DataView(target.buffer, target.byteOffset, target.length), 5, words)
      expect(target.subarray(5, 5 + length).equals(Buffer.from(text).subarray(0, length))).toBe(true)
    }
  }
})
