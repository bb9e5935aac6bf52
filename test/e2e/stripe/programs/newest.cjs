require('./calls.cjs')(require('stripe'))
