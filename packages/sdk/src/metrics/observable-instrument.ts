import type { Observable, ObservableCallback } from '@opentelemetry/api'
import type { Admission } from './admission.ts'
import type { CallbackRegistry } from './callback-registry.ts'
import type { ObservedStream } from './observed-stream.ts'

/** An instrument whose values callbacks observe. */
export class ObservableInstrument implements Observable {
  readonly #callbacks: CallbackRegistry
  readonly #stream: ObservedStream
  readonly #admission: Admission

  constructor(stream: ObservedStream, admission: Admission, callbacks: CallbackRegistry) {
    this.#stream = stream
    this.#admission = admission
    this.#callbacks = callbacks
  }

  addCallback(callback: ObservableCallback): void {
    this.#callbacks.add({ kind: 'single', callback, observables: [this] })
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.remove({ kind: 'single', callback, observables: [this] })
  }

  /** Name of an instrument. It stands here, and not on instruments, since applications get those. */
  static nameOf(instrument: ObservableInstrument): string {
    return instrument.#stream.description.name
  }

  /** Takes a value that a callback observed. */
  static observe(instrument: ObservableInstrument, value: unknown, attributes: unknown): void {
    const admitted = instrument.#admission.admit(value)
    if (admitted !== undefined) instrument.#stream.observe(admitted, attributes)
  }
}
