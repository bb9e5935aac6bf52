void require('./calls.cjs')(require('stripe14'))
