'use strict'
void require('./apps/hapi.cjs')(require('@hapi/hapi'))
