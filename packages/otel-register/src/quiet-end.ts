const own = new WeakSet<object>()

/** Listens to the end of the process, for the hook itself. */
export function onExit(listener: (code: number) => void): void {
  own.add(listener)
  process.on('exit', listener)
}

/**
 * Whether a process whose event loop has run dry ends with nothing more of the application: nobody else listens. To be
 * asked by a listener of `beforeExit` that has been added once.
 */
export function endsQuietly(): boolean {
  return process.listeners('exit').every((listener) => own.has(listener))
}
