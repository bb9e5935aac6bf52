void require('./calls.cjs')(require('stripe'))
