import { writeSync } from 'node:fs'

/** How much is told: the values of `OTEL_LOG_LEVEL`. */
export type Talk = 'none' | 'error' | 'warn' | 'info' | 'debug' | 'verbose' | 'all'

/** Tells the operator single lines on standard error, prefixed `plutus:`, each distinct text once. */
export interface Teller {
  readonly error: (line: string) => void
  readonly warn: (line: string) => void
  readonly info: (line: string) => void
  readonly debug: (line: string) => void
  /** As `info`, a line that nothing from outside has got into. */
  readonly plainInfo: (line: string) => void
  /** Whether `info` tells anything, for what is costly to prepare. */
  readonly tellsInfo: boolean
  /** Whether `debug` tells anything, for what is costly to prepare. */
  readonly tellsDebug: boolean
}

const ORDER: readonly Talk[] = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all']
const MAX_DISTINCT = 1000

/**
 * Creates a teller that is silent above a level. Its functions throw nothing.
 *
 * @param redact Sees each line before it is written.
 */
export function createTeller(talk: Talk, redact: (line: string) => string): Teller {
  const told = new Set<string>()
  const tells = (level: Talk): boolean => ORDER.indexOf(talk) >= ORDER.indexOf(level)
  const tellFrom =
    (level: Talk, see = redact) =>
    (line: string): void => {
      if (!tells(level) || told.has(line) || told.size >= MAX_DISTINCT) return
      told.add(line)
      write(see(line))
    }
  return {
    error: tellFrom('error'),
    warn: tellFrom('warn'),
    info: tellFrom('info'),
    plainInfo: tellFrom('info', (line) => line),
    debug: tellFrom('debug'),
    tellsInfo: tells('info'),
    tellsDebug: tells('debug'),
  }
}

// Not process.stderr: opening that stream costs start-up time and is the application's business.
function write(line: string): void {
  try {
    writeSync(2, `plutus: ${line.replaceAll(/\s*[\r\n]+\s*/g, ' ')}\n`)
  } catch {
    // A closed or full pipe: there is nobody left to tell.
  }
}
