'use strict'
void require('./apps/connect.cjs')(require('connect'))
