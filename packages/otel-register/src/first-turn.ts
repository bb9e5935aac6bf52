/**
 * Calls a function when the event loop has begun to turn; not at all in a program that has nothing to wait for.
 *
 * By a timer: an immediate that keeps nothing alive waits until something else happens, which in an idle service can
 * take as long as you like.
 */
export function onFirstTurn(run: () => void): void {
  setTimeout(run, 1).unref()
}
