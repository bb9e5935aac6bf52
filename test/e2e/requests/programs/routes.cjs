'use strict'
/* oxlint-disable no-async-endpoint-handlers -- express 5 takes what they reject with */

/** Adds the routes of the service to an application; `libraries` are as the program has loaded them. */
module.exports = function addRoutes(app, { express, http, pg, pino, events, Worker, workerFile }) {
  const log = pino({ name: 'shop' })
  const logger = events.getLogger('shop')
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
  const queue = []

  app.get('/plain', (_request, response) => {
    log.info('by pino')
    logger.info('by the logger')
    response.send('plain')
  })
  for (const route of ['/wait/:millis', '/patient/:millis']) {
    app.get(route, async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, Number(request.params.millis)))
      response.send('waited')
    })
  }
  app.get('/status/:code', (request, response) => response.status(Number(request.params.code)).send('so be it'))
  app.post('/body', express.text({ type: () => true }), (request, response) => {
    response.set('x-told', 'yes').send(String(request.body.length))
  })
  app.get('/user', async (_request, response) => {
    await new Promise((resolve) => setImmediate(resolve))
    events.setUser({ id: 'user-7' })
    response.cookie('session', 'secret-session').send('known')
  })
  app.get('/query/:seconds', async (request, response) => {
    await pool.query('SELECT pg_sleep($1)', [request.params.seconds])
    response.send('queried')
  })
  app.get('/broken', async (_request, response) => {
    await pool.query('SELECT * FROM nowhere_at_all').catch((error) => response.status(500).send(error.code))
  })
  app.get('/call', async (request, response) => {
    const { url, by, own } = request.query
    const headers = own === undefined ? {} : { 'X-Correlation-Id': own }
    if (by === 'fetch') return void response.json(await (await fetch(url, { headers })).json())
    http.get(url, { headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk)).on('end', () => response.type('json').send(text))
    })
  })
  app.get('/hand-over', async (_request, response) => {
    queue.push(JSON.stringify(events.captureContext()))
    const worker = new Worker(workerFile, { workerData: events.captureContext() })
    await new Promise((resolve) => worker.once('exit', resolve))
    response.send('handed over')
  })
  app.post('/queue', (_request, response) => {
    // Another request lets the job run: nothing of it may reach the job.
    for (const carrier of queue.splice(0))
      events.runJob('mail', () => log.info('in the job'), { carrier: JSON.parse(carrier) })
    response.send('done')
  })
  app.get('/baggage', (_request, response) => {
    logger.info('with baggage')
    response.send('told')
  })

  return () => pool.end()
}
