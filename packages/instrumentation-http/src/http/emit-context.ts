import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { endPatch } from '../end-patch.ts'

/** What hangs on a message: the context of its listeners, and who watches its events. */
export interface EmitSlot {
  readonly context: Context
  /** Is told of each event before its listeners are. Must not throw. */
  readonly watch: ((event: string | symbol, value: unknown) => void) | undefined
}

type Emit = (this: object, event: string | symbol, ...args: unknown[]) => boolean
type Prototype = { emit: Emit }
/** A message of a patched class; `_events` is where Node keeps its listeners, by event. */
type Patched = { readonly [SLOT]?: EmitSlot; readonly _events?: Readonly<Record<string | symbol, unknown>> }

const SLOT: unique symbol = Symbol('plutus.http.emit')

/** Hangs a slot on a message of a patched class. */
export function setEmitSlot(message: object, slot: EmitSlot): void {
  ;(message as { [SLOT]?: EmitSlot })[SLOT] = slot
}

/** The context of a message's slot, if it has one. */
export function emitContextOf(message: object): Context | undefined {
  return (message as { [SLOT]?: EmitSlot })[SLOT]?.context
}

/**
 * Has the messages of a class emit their events in the context of their slot. Returns a function that ends it.
 *
 * One method on the prototype serves every message, where binding each message would make closures per request.
 */
export function patchEmit(prototype: object): () => void {
  const target = prototype as Prototype
  const hadOwn = Object.hasOwn(target, 'emit')
  const original = target.emit
  const parent = Object.getPrototypeOf(target) as Prototype
  let isOver = false
  const patched: Emit = function emit(this: Patched, event) {
    // Looked up late: what others patch into the classes above goes on working.
    const next = hadOwn ? original : parent.emit
    const slot = this[SLOT]
    // Every event of every message comes by here, and rest parameters would make a list for each.
    // oxlint-disable-next-line prefer-rest-params
    const args = arguments as unknown as Parameters<Emit>
    if (slot !== undefined && !isOver) {
      slot.watch?.(event, args[1])
      if (isHeard(this, event) && context.active() !== slot.context)
        return context.with(slot.context, next, this, ...args)
    }
    return next.apply(this, args)
  }
  target.emit = patched
  return () => {
    isOver = true
    endPatch(target, 'emit', patched, () => {
      if (hadOwn) target.emit = original
      else delete (target as Partial<Prototype>).emit
    })
  }
}

/** Whether an event has listeners, whose context matters; most events of a message have none. An error that nobody hears is thrown. */
function isHeard(message: Patched, event: string | symbol): boolean {
  return message._events?.[event] !== undefined || message._events === undefined || event === 'error'
}
