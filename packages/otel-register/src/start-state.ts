/** What the hook leaves on `globalThis`, so that a second one, even of another copy or version, finds the first. */
export interface StartState {
  readonly version: string
  /** Path of the entry that started. */
  readonly entry: string
  /** Set when a second start has been told, which happens once. */
  isRepeatTold: boolean
}

const KEY = Symbol.for('plutus.otel-register')

/** The hook that started first in this thread, if any. */
export function findStartState(): StartState | undefined {
  return (globalThis as { [KEY]?: StartState })[KEY]
}

/** Marks this thread as started. */
export function claimStart(state: StartState): void {
  Object.defineProperty(globalThis, KEY, { value: state, configurable: true })
}

/** Tells once that a second start does nothing. */
export function tellRepeat(
  first: StartState,
  second: Pick<StartState, 'entry' | 'version'>,
  tell: (line: string) => void,
): void {
  if (first.isRepeatTold) return
  first.isRepeatTold = true
  if (first.entry === second.entry) tell('it was to start twice: once is enough, the second start does nothing')
  else
    tell(
      `version ${first.version} at ${first.entry} has started; version ${second.version} at ${second.entry} does nothing`,
    )
}

/**
 * Whether the same `--import` stands twice in the options of Node. A module is imported once, so nothing else shows it.
 *
 * @param options `process.execArgv` and what `NODE_OPTIONS` holds.
 */
export function isImportedTwice(options: readonly string[], isEntry: (specifier: string) => boolean): boolean {
  const imported = options.flatMap((option, at) => {
    if (option.startsWith('--import=')) return [option.slice('--import='.length)]
    const next = options[at + 1]
    return option === '--import' && next !== undefined ? [next] : []
  })
  return imported.length > 1 && imported.filter(isEntry).length > 1
}
