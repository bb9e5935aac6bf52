'use strict'
void require('./pino-log.cjs')(require('pino'))
