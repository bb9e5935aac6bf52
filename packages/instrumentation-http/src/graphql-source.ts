import { isObject } from './unknown.ts'

const MAX_LENGTH = 4096
const VALUE_KINDS: ReadonlySet<unknown> = new Set(['Int', 'Float', 'String', 'BlockString'])

const sources = new WeakMap<object, string | undefined>()

/**
 * Returns the text of a parsed GraphQL document with `*` in place of every number and string, at most 4096 characters.
 *
 * Walks the tokens that the parser kept, once per document; `undefined` for a document without locations.
 */
export function describeSource(document: unknown): string | undefined {
  if (!isObject(document)) return undefined
  if (!sources.has(document)) sources.set(document, printTokens(document))
  return sources.get(document)
}

function printTokens(document: Record<PropertyKey, unknown>): string | undefined {
  const location = document['loc']
  let token: unknown = isObject(location) ? location['startToken'] : undefined
  if (!isObject(token)) return undefined
  let text = ''
  let end = Number(token['end'])
  for (token = token['next']; isObject(token) && token['kind'] !== '<EOF>'; token = token['next']) {
    if (token['kind'] === 'Comment') continue
    const gap = text !== '' && Number(token['start']) > end ? ' ' : ''
    text += gap + (VALUE_KINDS.has(token['kind']) ? '*' : String(token['value'] ?? token['kind']))
    end = Number(token['end'])
    if (text.length > MAX_LENGTH) return text.slice(0, MAX_LENGTH)
  }
  return text
}
