import type { Express } from 'express'
import type { AppParts } from '../app.ts'

/** `GET /health`: 200 when the database answers, else 503. */
export function addHealthRoutes(app: Express, { isHealthy }: AppParts): void {
  app.get('/health', async (_request, response) => {
    const isUp = await isHealthy()
    response.status(isUp ? 200 : 503).json({ status: isUp ? 'ok' : 'unavailable' })
  })
}
