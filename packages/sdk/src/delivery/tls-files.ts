import { readFileSync } from 'node:fs'
import { loadBuiltin } from './builtins.ts'
import type { TlsSettings } from './settings.ts'

/** Leaves out what TLS would refuse later: a damaged file, or a key that does not belong to its certificate. */
export function checkTls(tls: TlsSettings, refuse: (what: 'CERTIFICATE' | 'CLIENT_CERTIFICATE') => void): TlsSettings {
  const { ca, cert, key } = tls
  const goodCa = ca !== undefined && isAccepted(() => new (loadBuiltin('node:crypto').X509Certificate)(ca))
  const goodClient =
    cert !== undefined &&
    key !== undefined &&
    isAccepted(() => loadBuiltin('node:tls').createSecureContext({ cert, key }))
  if (ca !== undefined && !goodCa) refuse('CERTIFICATE')
  if (cert !== undefined && !goodClient) refuse('CLIENT_CERTIFICATE')
  return { ...(goodCa && { ca }), ...(goodClient && { cert, key }) }
}

function isAccepted(use: () => unknown): boolean {
  try {
    use()
    return true
  } catch {
    return false
  }
}

/** Reads a PEM file; answers with what is wrong with it if it cannot be used. */
export function readPemFile(path: string): Buffer | string {
  try {
    const content = readFileSync(path)
    return content.includes('-----BEGIN ') ? content : 'which is no PEM file'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return `which cannot be read (${code})`
  }
}
