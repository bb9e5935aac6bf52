'use strict'
void require('./apps/express.cjs')(require('express'))
