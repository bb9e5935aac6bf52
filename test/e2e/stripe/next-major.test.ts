import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runProgram, startReceiver } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

// A library of tomorrow, in which nothing is where it was: the service must run on, and its operator must be told.
const FILES = {
  'package.json': JSON.stringify({ name: 'stripe', version: '99.0.0', main: 'cjs/stripe.cjs.node.js' }),
  'cjs/RequestSender.js': 'exports.RequestSender = class RequestSender { send(path) { return `sent ${path}` } }',
  'cjs/Webhooks.js': "exports.createWebhooks = Object.freeze({ read: () => 'an event' })",
  'cjs/StripeResource.js': 'exports.StripeResource = Object.freeze(class StripeResource {})',
  'cjs/stripe.cjs.node.js': `
    const { RequestSender } = require('./RequestSender.js')
    const { createWebhooks } = require('./Webhooks.js')
    require('./StripeResource.js')
    module.exports = class Stripe { pay() { return new RequestSender().send('/v3/payments') + ', ' + createWebhooks.read() } }
  `,
}

it('leaves a library alone that is not as expected, and says so once for each part', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-stripe-'))
  const receiver = await startReceiver()
  try {
    for (const [path, text] of Object.entries(FILES)) {
      const file = join(folder, 'node_modules/stripe', path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    const file = join(folder, 'program.cjs')
    writeFileSync(file, "const Stripe = require('stripe'); console.log(new Stripe().pay(), new Stripe().pay())")
    const cwd = dirname(programFile('calls.cjs')) // where the hook is found by its name
    const { code, stdout, stderr } = await runProgram({ file, cwd, receiver })
    expect([code, stdout]).toEqual([0, 'sent /v3/payments, an event sent /v3/payments, an event\n'])
    const told = stderr.split('\n').filter((line) => line.includes('is left alone'))
    expect(told.map((line) => /(\S+) of stripe/.exec(line)?.[1])).toEqual([
      'RequestSender._request',
      'createWebhooks',
      'StripeResource._makeRequest',
    ])
    expect(receiver.spans).toEqual([])
  } finally {
    await receiver.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
