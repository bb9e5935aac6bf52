import { StripeFault } from './fault.ts'

/** Who calls: the account of the key, or the connected one that it names. */
export interface Caller {
  readonly livemode: boolean
  readonly account: string | undefined
}

const SECRET_KEY = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]+$/

/**
 * Reads the API key from `Authorization: Bearer` or `Basic`.
 *
 * @throws {StripeFault} 401 without a usable secret key.
 */
export function authenticate(authorization: string | undefined, connected: string | undefined): Caller {
  const key = keyOf(authorization ?? '')
  if (key === '') {
    throw unauthenticated(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  if (key.startsWith('pk_')) {
    throw unauthenticated(
      'This API call cannot be made with a publishable API key. Please use a secret API key.',
      'secret_key_required',
    )
  }
  const match = SECRET_KEY.exec(key)
  if (match === null) throw unauthenticated(`Invalid API Key provided: ${mask(key)}`)
  return { livemode: match[1] === 'live', account: connected }
}

function keyOf(authorization: string): string {
  const [scheme = '', credentials = ''] = authorization.trim().split(' ')
  if (/^bearer$/i.test(scheme)) return credentials
  if (/^basic$/i.test(scheme)) return Buffer.from(credentials, 'base64').toString().split(':')[0] ?? ''
  return ''
}

function mask(key: string): string {
  return key.length <= 8 ? '*'.repeat(key.length) : `${'*'.repeat(key.length - 4)}${key.slice(-4)}`
}

function unauthenticated(message: string, code?: string): StripeFault {
  return new StripeFault(401, { type: 'invalid_request_error', message, ...(code === undefined ? {} : { code }) })
}
