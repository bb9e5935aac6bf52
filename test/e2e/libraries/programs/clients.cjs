'use strict'
void require('./client-calls.cjs')(require('undici'))
