import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '@plutus/conventions'
import { classOfRecord } from './class-of-record.ts'
import { explainEvents, tabulateExplanations } from './explain.ts'
import { builtInPolicy, parsePolicy } from './parse-policy.ts'

const TEN_PERCENT = parsePolicy('version: 1\nsampling: { rate: 10% }')

describe('explain', () => {
  it('tells in one table where an event goes, whether it can be dropped and how long it is kept', () => {
    const explanations = explainEvents(TEN_PERCENT, ['payment.completion', 'http.request', 'ledger.booked'])
    expect(tabulateExplanations(explanations)).toEqual([
      ['EVENT', 'CLASS', 'GOES TO', 'DROPPED', 'SEARCHABLE', 'ARCHIVE', 'ALERTS'],
      [
        'payment.completion',
        'payment',
        'otlp by a queue with fsync + archive (files)',
        'never',
        '60d',
        '7y',
        'errors, payment_failures',
      ],
      [
        'http.request',
        'performance',
        'otlp by a queue on disk',
        'below WARN, all but 10%, by the collector',
        '14d',
        'none',
        'errors',
      ],
      [
        'ledger.booked',
        'application',
        'otlp by a queue on disk',
        'below WARN, all but 10%, by the collector; never without a class',
        '30d',
        'none',
        'errors',
      ],
    ])
  })

  it('knows every event of the catalogue, and none of durable classes can be dropped', () => {
    const explanations = explainEvents(
      TEN_PERCENT,
      CATALOGUE.map(({ name }) => name),
    )
    expect(explanations.filter(({ known }) => !known)).toEqual([])
    const durable = explanations.filter((one) => TEN_PERCENT.classes[one.class].durable)
    expect(durable.length).toBeGreaterThan(50)
    expect(new Set(durable.map(({ dropped }) => dropped))).toEqual(new Set(['never']))
  })

  it('lets nothing be dropped where everything is kept', () => {
    expect(explainEvents(builtInPolicy(), ['http.request'])[0]?.dropped).toBe('never')
  })

  it('answers twice where the class depends on the severity', () => {
    const policy = parsePolicy('version: 1\nclasses: { audit: { match: [{ severity: error }] } }')
    const rows = tabulateExplanations(explainEvents(policy, ['payment.completion']))
    expect(rows.slice(1).map(([event, dataClass]) => `${event}: ${dataClass}`)).toEqual([
      'payment.completion (INFO): payment',
      'payment.completion (ERROR): audit',
    ])
  })
})

describe('the class of a record', () => {
  const policy = parsePolicy(
    [
      'version: 1',
      'classes:',
      '  audit: { match: [{ events: [ledger.*, "*.signed"], severity: info }] }',
      '  performance: { match: [{ events: payment.timing }] }',
    ].join('\n'),
  )

  it.each([
    ['that its attribute names', { dataClass: 'security' }, 'security'],
    ['whose match it fits', { eventName: 'ledger.booked', severity: 'warn' }, 'audit'],
    ['whose match it fits just so', { eventName: 'contract.signed', severity: 'info' }, 'audit'],
    [
      'before the one that its attribute names',
      { dataClass: 'payment', eventName: 'ledger.x', severity: 'fatal' },
      'audit',
    ],
    ['and never a lesser one', { dataClass: 'payment', eventName: 'payment.timing' }, 'payment'],
    ['application, below the severity of the match', { eventName: 'ledger.booked', severity: 'debug' }, 'application'],
    ['application, without a severity', { eventName: 'ledger.booked' }, 'application'],
    ['application, of another name', { eventName: 'ledgers.booked', severity: 'fatal' }, 'application'],
    ['application, of an unknown class', { dataClass: 'PAYMENT' }, 'application'],
    ['application, of a class that is no text', { dataClass: 7 }, 'application'],
    ['application, without anything', {}, 'application'],
  ] as const)('is the first one %s', (_why, traits, expected) => {
    expect(classOfRecord(policy, traits)).toBe(expected)
  })
})
