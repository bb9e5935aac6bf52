import { REDACTED } from './shapes.ts'

const ATTRIBUTES = /^(?:path|domain|expires|max-age|samesite|httponly|secure|partitioned|priority)$/i

/** Masks the values of a `Cookie` or `Set-Cookie` header; names stay, and what a `Set-Cookie` says beside its cookie. */
export function maskCookies(header: string): string {
  return header
    .split(';')
    .map((part, at) => {
      const equals = part.indexOf('=')
      if (equals === -1) return at === 0 && part.trim() !== '' ? REDACTED : part
      const isAttribute = at > 0 && ATTRIBUTES.test(part.slice(0, equals).trim())
      return isAttribute || equals === part.length - 1 ? part : `${part.slice(0, equals)}=${REDACTED}`
    })
    .join(';')
}
