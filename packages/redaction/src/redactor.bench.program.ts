import { createRequire } from 'node:module'
import { redactAttributes } from './redacted-copy.ts'
import { createRedactor } from './redactor.ts'

// Each contestant is measured in turns with the others, so that a busy machine is busy for all.

type Redact = (value: object) => unknown
type Peer = (options: { paths: string[]; serialize: boolean; censor?: string }) => Redact

const require = createRequire(import.meta.url)
const fastRedact = require('fast-redact') as Peer
const pinoRedact = require('@pinojs/redact') as Peer
const ROUNDS = 200
const VISA = '4242424242424242' // published test number, issued to nobody

const redactor = createRedactor()
const peer = { paths: ['password', 'card.number', 'card.cvv', 'headers.authorization'], serialize: false }

const clean = {
  'http.request.method': 'POST',
  'url.path': '/v1/payments',
  'http.route': '/v1/payments/:id',
  'payment.id': 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  'payment.amount': 4200,
  'payment.currency': 'eur',
  'correlation.id': '9f86d081-884c-4d65-9a2f-eaa0c55ad015',
  'user.id': 'user_8123',
}
const card = { card: { number: VISA, cvv: '123' }, password: 'x', ...clean }
const dirty =
  `Payment of 42.00 EUR declined for order 2026-118231 of customer jane.doe@example.com, card ${VISA}: the issuer asks ` +
  'for another authentication; the request was {"amount":4200,"currency":"eur","note":"second attempt, first one timed ' +
  'out after 30 s upstream"} and the answer came after 1812 ms'
const statement =
  "SELECT o.id, o.total FROM orders o JOIN users u ON u.id = o.user_id WHERE u.name = 'jane' AND o.total > 5"

const verdicts = Object.entries(clean).map(([key, value]) => [redactor.key(key, 'log.attribute'), value] as const)
const checkRecord = (): boolean => {
  let changed = false
  for (const [verdict, value] of verdicts) {
    const result =
      typeof value === 'string'
        ? redactor.text(value, 'log.attribute', verdict)
        : redactor.number(value, 'log.attribute', verdict)
    if (result !== value) changed = true
  }
  return changed
}
const statementKey = redactor.key('db.query.text', 'span.attribute')

const contestants: readonly (readonly [name: string, run: () => unknown])[] = [
  ['clean record of 8 attributes, as the encoder asks', checkRecord],
  ['clean record of 8 attributes, as a copy', () => redactAttributes(redactor, clean, 'log.attribute')],
  [`text of ${dirty.length} characters with a card number and an address`, () => redactor.text(dirty, 'log.body')],
  ['statement with two literals', () => redactor.text(statement, 'span.attribute', statementKey)],
  ['record with a card, a code and a password, as a copy', () => redactAttributes(redactor, card, 'log.attribute')],
  [
    'the same by paths, fast-redact',
    (() => {
      const redact = fastRedact(peer)
      return () => {
        const value = redact(card) as { restore?: () => void }
        const restore = (redact as unknown as { restore: (value: unknown) => void }).restore
        restore(value)
        return value
      }
    })(),
  ],
  [
    'the same by paths, @pinojs/redact',
    (() => {
      const redact = pinoRedact(peer)
      return () => redact(card)
    })(),
  ],
]

// A figure of what does not work is none.
if (checkRecord() || String(contestants[2]?.[1]()).includes(VISA) || String(contestants[3]?.[1]()).includes('jane')) {
  throw new Error('the redactor does not do what is measured')
}

const times = new Map<string, number[]>(contestants.map(([name]) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of contestants) {
    const start = process.hrtime.bigint()
    for (let i = 0; i < 200; i++) run()
    times.get(name)?.push(Number(process.hrtime.bigint() - start) / 200)
  }
}
const rows = [...times].map(([name, all]) => {
  const sorted = all.sort((a, b) => a - b)
  return { name, fastest: Math.round(sorted[0] ?? 0), median: Math.round(sorted[ROUNDS / 2] ?? 0) }
})
process.stdout.write(JSON.stringify(rows))
