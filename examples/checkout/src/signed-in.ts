import type { Request } from 'express'
import type { Accounts, User } from './accounts.ts'
import { CheckoutError } from './checkout-error.ts'

/** Name of the session's cookie. */
export const SESSION_COOKIE = 'session'

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,128})$/i

/** Reads the session's token from `Authorization: Bearer` or from the cookie. */
export function tokenOf(request: Request): string | undefined {
  const bearer = BEARER.exec(request.get('authorization') ?? '')?.[1]
  if (bearer !== undefined) return bearer
  for (const pair of (request.get('cookie') ?? '').split(';')) {
    const [name, value] = pair.trim().split('=')
    if (name === SESSION_COOKIE && value !== undefined && value !== '') return value
  }
  return undefined
}

/**
 * Finds who sends the request.
 *
 * @throws {CheckoutError} 401 without a valid session.
 */
export async function signedIn(accounts: Accounts, request: Request): Promise<User> {
  const token = tokenOf(request)
  const user = token === undefined ? undefined : await accounts.identify(token)
  if (user === undefined) throw new CheckoutError(401, 'not_signed_in', 'Log in first')
  return user
}

/**
 * Finds the admin who sends the request.
 *
 * @throws {CheckoutError} 401 without a valid session, 403 for anybody else.
 */
export async function signedInAdmin(accounts: Accounts, request: Request): Promise<User> {
  const user = await signedIn(accounts, request)
  if (user.role !== 'admin') throw new CheckoutError(403, 'forbidden', 'Only an admin may see this')
  return user
}
