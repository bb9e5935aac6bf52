void require('./knex-calls.cjs')(require('knex'))
