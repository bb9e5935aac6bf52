'use strict'
void require('./apps/hono.cjs')(require('hono'), require('@hono/node-server'))
