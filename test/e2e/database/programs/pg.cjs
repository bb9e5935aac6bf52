void require('./pg-calls.cjs')(require('pg'))
