void require('./mysql-calls.cjs')(require('mysql'))
