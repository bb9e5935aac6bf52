import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { parseJournalKeys } from './journal-keys.ts'

const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]

it('reads keys as hexadecimal digits, Base64 and Base64url, in order', () => {
  const text = `# of last year below\n\n${first.toString('hex')}\r\n  ${second.toString('base64')}\n${third.toString('base64url')}`
  expect(parseJournalKeys(text)).toEqual([first, second, third])
})

it.each([
  ['of 31 bytes', first.subarray(1).toString('hex'), 'Line 1'],
  ['of 33 bytes', `\n${Buffer.concat([first, Buffer.of(1)]).toString('base64')}`, 'Line 2'],
  ['that is a word', 'hunter2', 'Line 1'],
])('refuses a key %s by its line, and does not repeat it', (_what, text, line) => {
  const read = (): unknown => parseJournalKeys(text)
  expect(read).toThrow(expect.objectContaining({ code: 'PLUTUS_JOURNAL_KEY_INVALID' }))
  expect(read).toThrow(line)
  expect(read).not.toThrow(text.trim())
})

it('refuses a file without keys', () => {
  expect(() => parseJournalKeys('# none yet\n')).toThrow('holds no key')
})
