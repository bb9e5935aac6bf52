void require('./redis-calls.cjs')(require('redis'))
