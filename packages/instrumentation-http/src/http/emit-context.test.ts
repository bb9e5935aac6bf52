import { EventEmitter } from 'node:events'
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { patchEmit, setEmitSlot } from './emit-context.ts'

class Message extends EventEmitter {}

let entered: Context[] = []
const manager = new AsyncLocalStorageContextManager().enable()
const run = manager.with.bind(manager)
manager.with = (active, ...rest) => {
  entered.push(active)
  return run(active, ...rest)
}
context.setGlobalContextManager(manager)
const undo = patchEmit(Message.prototype)
afterAll(() => {
  undo()
  context.disable()
})
beforeEach(() => {
  entered = []
})

const own = ROOT_CONTEXT.setValue(createContextKey('test'), 1)

function createMessage(): { readonly message: Message; readonly watched: unknown[] } {
  const message = new Message()
  const watched: unknown[] = []
  setEmitSlot(message, { context: own, watch: (...seen) => void watched.push(seen) })
  return { message, watched }
}

it('runs listeners in the context of the message, with all that was emitted', () => {
  const { message, watched } = createMessage()
  const heard: unknown[] = []
  message.on('data', (...values: unknown[]) => heard.push(values, context.active() === own))
  expect(message.emit('data', 1, 2, 3)).toBe(true)
  expect(heard).toEqual([[1, 2, 3], true])
  expect(watched).toEqual([['data', 1]])
})

it('enters no context for an event that nobody hears, and has it watched', () => {
  const { message, watched } = createMessage()
  expect(message.emit('close')).toBe(false)
  expect(entered).toEqual([])
  expect(watched).toEqual([['close', undefined]])
})

it('throws an error that nobody hears in the context of the message', () => {
  const { message } = createMessage()
  expect(() => message.emit('error', new RangeError('broken'))).toThrow('broken')
  expect(entered).toEqual([own])
})

it('leaves a message without a context alone', () => {
  const message = new Message()
  const heard: unknown[] = []
  message.on('data', (...values: unknown[]) => heard.push(values))
  message.emit('data', 1, 2)
  expect([heard, entered]).toEqual([[[1, 2]], []])
})
