'use strict'
void require('./apps/router.cjs')(require('router'), require('finalhandler'))
