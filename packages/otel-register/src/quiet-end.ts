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

/**
 * Runs `last` when the listeners of the application to the end have run, at most once. To be called by a listener to
 * the end, which is the first of all; nothing in Node comes after them all in every end, so this needs `placeLast` too.
 */
export function runAfterListeners(last: () => void): void {
  // Internal to Node, but what `process.exit` looks up last, which Node keeps for those that replace it.
  const host = process as unknown as { reallyExit: (code: number) => never }
  const { reallyExit } = host
  host.reallyExit = (code) => {
    last()
    return Reflect.apply(reallyExit, process, [code])
  }
}

/** Makes `last` the last listener to the end that there is by now. */
export function placeLast(last: () => void): void {
  process.removeListener('exit', last)
  onExit(last)
}
