import { expect, it } from 'vitest'
import { ERROR_CODES } from './error-codes.ts'
import { PlutusError, PlutusOptionError } from './errors.ts'

it('tells an option and its rule, with a code that survives a second copy of the class', () => {
  const error = new PlutusOptionError('redaction.pan.keepLast', 'an integer from 0 to 4')
  expect(error).toMatchObject({
    name: 'PlutusOptionError',
    code: 'PLUTUS_OPTION_INVALID',
    option: 'redaction.pan.keepLast',
    message: 'Option redaction.pan.keepLast must be an integer from 0 to 4; correct it, or leave it out.',
  })
  expect(error).toBeInstanceOf(PlutusError)
  expect(error).toBeInstanceOf(Error)
})

it('keeps the cause', () => {
  const cause = new Error('why')
  expect(new PlutusOptionError('a', 'b', { cause }).cause).toBe(cause)
  expect(new PlutusError('PLUTUS_OPTION_INVALID', 'text', { cause }).cause).toBe(cause)
})

it('has a meaning and a way out for every code, each one sentence', () => {
  for (const [code, { meaning, wayOut }] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^PLUTUS_[A-Z]+(?:_[A-Z]+)*$/)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
    expect(wayOut).toMatch(/^[A-Z].*\.$/)
  }
})
