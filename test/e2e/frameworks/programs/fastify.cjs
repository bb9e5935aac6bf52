'use strict'
void require('./apps/fastify.cjs')(require('fastify'))
