'use strict'
const { Router } = require('@koa/router')
void require('./apps/koa.cjs')(require('koa'), Router)
