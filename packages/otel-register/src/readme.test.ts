import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { INSTRUMENTATIONS } from './instrumentation-table.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const OTHERS = { start: 'the start', fetch: '`fetch`', lambda: 'the handler of AWS Lambda' }

it('lists every instrumentation with what it waits for, as the table has it', () => {
  const [, section = ''] = README.split('<!-- instrumentations:')
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/ +/g, ' ')) // the formatter lines columns up

  const listed = rows.slice(0, rows.findIndex((row) => row.startsWith('| `winston`')) + 1)
  const expected = INSTRUMENTATIONS.map(({ name, modules, waitsFor, onRequest }) => {
    const names = Object.keys(modules).map((module) => `\`${module}\``)
    const what = waitsFor === undefined ? names.join(', ') : OTHERS[waitsFor]
    return `| \`${name}\`${onRequest === true ? ' (on request)' : ''} | ${what} |`
  })
  expect(listed).toEqual(expected)
})
