'use strict'
void require('./winston-log.cjs')(require('winston'))
