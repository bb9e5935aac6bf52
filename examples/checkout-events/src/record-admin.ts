import { security } from '@plutus/events'
import type { RequestHandler } from 'express'

const FORBIDDEN = 403

/** Tells each use of the pages for admins, and each attempt by somebody else. */
export const recordAdmin: RequestHandler = (request, response, next) => {
  const page = request.baseUrl
  const resource = { 'resource.type': 'page', 'resource.id': page }
  // Not `finish`: a caller who hangs up has still asked.
  response.once('close', () => {
    const status = response.statusCode
    security.adminAccess({
      ...resource,
      'http.route': page,
      'http.response.status_code': status,
      'event.outcome': status < 400 ? 'success' : 'failure',
    })
    if (status === FORBIDDEN) security.denied({ ...resource, 'authz.action': 'read', 'authz.required': ['admin'] })
  })
  next()
}
