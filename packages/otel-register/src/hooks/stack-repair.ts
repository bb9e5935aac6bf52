/** Takes the frames of one function out of call stacks. */
export interface StackRepair {
  /** An error goes by: notes the call stack at this moment. Call it in a `finally` of the function. Throws nothing. */
  readonly pass: (depth: number) => void
  /** Gives an error that went by the call stack that it has without the function. Throws nothing. */
  readonly repair: (error: unknown) => void
}

interface Holder {
  readonly stack?: unknown
}

// The frames that an error has lost to ours at the end of its call stack are among as many more.
const MORE_FRAMES = 50

/**
 * Creates a repair for a function that calls another in its place.
 *
 * An error keeps its first frames only, ten by default, so a line less is not enough: those that ours took the place of
 * come from the moment at which the error went by. To catch it and throw it again would show that line as its origin.
 */
export function createStackRepair(): StackRepair {
  /** By the depth of the function in itself, since an error may have been caught further in. */
  const passages: (Holder | undefined)[] = []
  const { prepareStackTrace: prepareByNode } = Error
  const pass = (depth: number): void => {
    const { stackTraceLimit, prepareStackTrace } = Error
    // Whoever writes call stacks himself is not to be asked for one more.
    if (typeof stackTraceLimit !== 'number' || prepareStackTrace !== prepareByNode) return
    try {
      Error.stackTraceLimit = stackTraceLimit + MORE_FRAMES
    } catch {
      return // frozen: the frame stays
    }
    const holder: Holder = {}
    Error.captureStackTrace(holder, pass)
    Error.stackTraceLimit = stackTraceLimit
    passages[depth] = holder // its text is made when it is needed
  }
  const repair = (error: unknown): void => {
    try {
      if (!(error instanceof Error) || typeof error.stack !== 'string') return
      const lines = error.stack.split('\n')
      for (const passage of passages) {
        const repaired = typeof passage?.stack === 'string' ? join(lines, passage.stack.split('\n')) : undefined
        if (repaired === undefined) continue
        error.stack = repaired.join('\n')
        return
      }
    } catch {
      // An error that cannot be read or changed stays as it is.
    }
  }
  return { pass, repair }
}

/** The lines of an error without our frames, or nothing if it did not go by with this call stack. */
function join(lines: readonly string[], [, ours = '', ...below]: readonly string[]): readonly string[] | undefined {
  const own = ours.replace(/:\d+:\d+\)?$/, ':')
  if (own === ours) return undefined
  const isOwn = (line: string): boolean => line.startsWith(own)
  const at = lines.findIndex(isOwn)
  const rest = lines.slice(at + 1)
  if (at === -1 || rest.length === 0 || rest.some((line, index) => line !== below[index])) return undefined
  return [...lines.slice(0, at), ...below.filter((line) => !isOwn(line))].slice(0, lines.length)
}
