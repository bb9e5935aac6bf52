void require('./ioredis-calls.cjs')(require('ioredis'))
