import type { Express } from 'express'
import type { AppParts } from '../app.ts'
import { CheckoutError } from '../checkout-error.ts'
import { readFields, readText } from '../input.ts'
import { SESSION_SECONDS } from '../sessions.ts'
import { SESSION_COOKIE, tokenOf } from '../signed-in.ts'

/** `POST /login` and `POST /logout`. */
export function addSessionRoutes(app: Express, { accounts, log }: AppParts): void {
  app.post('/login', async (request, response) => {
    const fields = readFields(request.body, ['email', 'password'])
    const email = readText(fields, 'email', 1, 254)
    const entered = await accounts.logIn(email, readText(fields, 'password', 1, 200))
    if (entered === undefined) {
      log.warn('login refused')
      // One answer for both mistakes, so that nobody learns which addresses exist.
      throw new CheckoutError(401, 'wrong_credentials', 'The address or the password is wrong')
    }
    const { user, session } = entered
    log.info({ userId: user.id, role: user.role }, 'logged in')
    response.cookie(SESSION_COOKIE, session.token, {
      httpOnly: true,
      maxAge: SESSION_SECONDS * 1000,
      path: '/',
      sameSite: 'strict',
      secure: request.secure,
    })
    response.json({ token: session.token, expiresAt: session.expiresAt.toISOString(), user })
  })

  app.post('/logout', async (request, response) => {
    const token = tokenOf(request)
    if (token !== undefined) await accounts.logOut(token)
    response.clearCookie(SESSION_COOKIE, { path: '/' }).status(204).end()
  })
}
