const step = require('./outcome.cjs')

module.exports = async (createKnex) => {
  const knex = createKnex({ client: 'pg', connection: process.env.DATABASE_URL, pool: { min: 0, max: 4 } })
  await step('raw', async () => (await knex.raw('SELECT ?::int AS n', [1])).rows)
  await step('builder', () => knex('pg_type').where('typname', 'int4').select('typname'))
  await step('unknown table', () => knex('nowhere').where('email', 'hunter2').select('x'))
  await require('./wait.cjs')()
  await knex.destroy()
}
