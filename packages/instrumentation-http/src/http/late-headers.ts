import type { ClientRequest } from 'node:http'
import { readHead } from './stored-head.ts'

/** What Node keeps of a head that it has written down already. */
interface StoredHead {
  _header?: unknown
  readonly _headerSent?: unknown
  readonly outputData?: readonly { data?: unknown }[]
}

const LINE_END = '\r\n'
const END = '\r\n\r\n'

/**
 * Adds headers to a request that was just made.
 *
 * Those of propagation replace what the application has set, as the specification of propagators has it: a service that
 * passes on all headers of an inbound request would else hide this call from its trace. Of all others, that of the
 * application stays.
 *
 * A request whose headers were given as a list, or that expects `100-continue`, has its head written down before
 * anyone hears of it, and `setHeader` throws: there the lines are added to what is written, as long as no socket has it.
 */
export function addHeaders(
  request: ClientRequest,
  propagated: Readonly<Record<string, string>>,
  others?: Readonly<Record<string, string>>,
): void {
  if (request.headersSent) return addLines(request as unknown as StoredHead, propagated, others ?? {})
  for (const name of Object.keys(propagated)) request.setHeader(name, propagated[name] as string)
  if (others === undefined) return
  for (const [name, value] of Object.entries(others)) if (!request.hasHeader(name)) request.setHeader(name, value)
}

/** Headers of a request by lower-case name. Those that were given as a list Node keeps as the text that it sends, and nowhere else. */
export function readHeaders(request: ClientRequest): Readonly<Record<string, unknown>> {
  const head = (request as unknown as StoredHead)._header
  const known = request.getHeaders()
  return typeof head === 'string' ? { ...readHead(head), ...known } : known
}

function addLines(
  stored: StoredHead,
  propagated: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): void {
  const head = stored._header
  if (typeof head !== 'string' || !head.endsWith(END)) return
  const waiting = stored.outputData?.[0]
  if (stored._headerSent === true && waiting?.data !== head) return
  const replaced = new Set(Object.keys(propagated).map((name) => name.toLowerCase()))
  const lines = head.slice(0, -END.length).split(LINE_END)
  const kept = lines.filter((line, index) => index === 0 || !replaced.has(nameOf(line)))
  const present = new Set(kept.map(nameOf))
  const added = Object.entries(others).filter(([name]) => !present.has(name.toLowerCase()))
  for (const [name, value] of [...Object.entries(propagated), ...added]) kept.push(`${name}: ${value}`)
  const extended = kept.join(LINE_END) + END
  stored._header = extended
  if (waiting?.data === head) waiting.data = extended
}

function nameOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf(':'))).toLowerCase()
}
