import { readFileSync } from 'node:fs'
import { parseConfigFile } from '@opentelemetry/configuration'
import type { ConfigurationModel } from '@opentelemetry/configuration'
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'

/**
 * Reads a declarative configuration file, `file_format` 1.0 or 1.1, with its references to variables resolved.
 *
 * Answers with what is wrong with it, worded to follow the file's name, if it cannot be used: with line and field
 * where they are known, never with a value.
 */
export function readConfigFile(path: string): ConfigurationModel | string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return `which cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'})`
  }
  const lines = new LineCounter()
  // Errors with excerpts of the text could hold a secret.
  const document = parseDocument(text, { version: '1.2', prettyErrors: false, lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) return `which is not YAML: line ${lines.linePos(error.pos[0]).line} (${error.code})`
  try {
    return parseConfigFile(path)
  } catch (error) {
    return describe(error instanceof Error ? error.message : '', document, lines)
  }
}

// A JSON pointer and what JSON Schema asks for, as the validator of upstream puts them on a line of their own.
const COMPLAINT = /(?:^|: |\n)\s*(\/\S*)? ?(must [^\n]+)/

function describe(message: string, document: Document, lines: LineCounter): string {
  if (message.includes('file_format'))
    return `whose file_format must be "1.0" or "1.1"${lineOf(document, lines, ['file_format'])}`
  if (message.includes('env var substitution')) return 'where a ${...} does not name a variable'
  const [, pointer = '', rule] = COMPLAINT.exec(message) ?? []
  if (rule === undefined) return 'which is not a configuration of OpenTelemetry'
  const path = pointer.split('/').slice(1)
  const field = path.length === 0 ? 'the whole' : path.join('.')
  return `where ${field} ${rule}${lineOf(document, lines, path)}`
}

/** The line of a field, or of the nearest one around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): string {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    const found = isMap(parent)
      ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key
      : document.getIn(path.slice(0, length), true)
    if (isNode(found) && found.range) return ` (line ${lines.linePos(found.range[0]).line})`
  }
  return ''
}
