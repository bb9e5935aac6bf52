/** Levels of loggers, from the most to the least talkative; `off` silences all. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'off'] as const

/** One of `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number]

// Words of pino, winston, bunyan, npmlog, log4j, syslog and OpenTelemetry's own diagnostics; numbers of pino and bunyan.
const WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  trace: ['all', 'silly', 'finest', '10'],
  debug: ['verbose', 'fine', 'http', '20'],
  info: ['information', 'informational', 'notice', 'log', '30'],
  warn: ['warning', '40'],
  error: ['err', '50'],
  fatal: ['critical', 'crit', 'alert', 'emerg', 'emergency', 'panic', '60'],
  off: ['none', 'silent', 'false'],
}

/** Level that a word means, in any case and in the vocabulary of the common loggers; `undefined` if none. */
export function parseLogLevel(word: string): LogLevel | undefined {
  const folded = word.toLowerCase()
  return LOG_LEVELS.find((level) => level === folded || WORDS[level].includes(folded))
}
