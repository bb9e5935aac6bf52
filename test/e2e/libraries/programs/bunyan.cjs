'use strict'
void require('./bunyan-log.cjs')(require('bunyan'))
