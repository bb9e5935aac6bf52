/**
 * Ties a child process to its parent: tells that it is ready, and ends by `stop` when the parent
 * lets go of it or is gone. The terminal's Ctrl+C reaches both; the parent still needs the child then.
 */
export function serveParent(ready: Readonly<Record<string, string>>, stop: () => Promise<void>): void {
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.once('disconnect', () => {
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
  process.send?.(ready)
}
