import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isInbox, isInternal, nameSubject } from './subject.ts'

it.each([
  ['orders.created', 'orders.created'],
  ['orders.42.created', 'orders.*.created'],
  ['orders.0190163d-8694-739b-aea5-966c26f8ad91', 'orders.*'],
  ['orders.01ARZ3NDEKTSV4RRFFQ69G5FAV.paid', 'orders.*.paid'],
  ['orders.deadbeef01', 'orders.*'],
  ['eu-west-1.orders.v2', 'eu-west-1.orders.v2'],
  ['$KV.sessions.user.ann', '$KV.sessions.*.*'],
  ['feed', 'feed'],
  ['a.deadbeef', 'a.deadbeef'], // no digit: could be words
  [Array.from({ length: 40 }, () => 'a').join('.'), `${Array.from({ length: 32 }, () => 'a').join('.')}.>`],
])('gives %s the template %s', (subject, template) => {
  expect(nameSubject(subject, '_INBOX')).toEqual({ name: subject, template, isTemporary: false })
})

it.each([
  ['_INBOX.DEADBEEF.1', '_INBOX', '_INBOX.*'],
  ['_INBOX_payments.DEADBEEF', '_INBOX_payments', '_INBOX_payments.*'],
])('names the inbox %s by its prefix', (subject, prefix, name) => {
  expect(nameSubject(subject, prefix)).toEqual({ name, template: name, isTemporary: true })
})

it('keeps the number of parts, and changes a part to nothing but a star', () => {
  const token = fc.stringMatching(/^[a-zA-Z0-9-]{1,40}$/)
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 32 }), (tokens) => {
      const template = nameSubject(tokens.join('.'), '_INBOX').template.split('.')
      expect(template).toHaveLength(tokens.length)
      for (const [at, part] of template.entries()) expect(part === '*' || part === tokens[at]).toBe(true)
      expect(nameSubject(template.join('.'), '_INBOX').template).toBe(template.join('.'))
    }),
  )
})

it('tells inboxes and subjects of the server from the others', () => {
  expect(['_INBOX.a', 'mine.a', '_INBOXES.a', 'orders'].map((subject) => isInbox(subject, 'mine'))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(['$JS.API.INFO', 'orders.$'].map(isInternal)).toEqual([true, false])
})
