void require('./mongodb-calls.cjs')(require('mongodb'), require('mongoose'))
