'use strict'
void require('./socket-calls.cjs')(require('socket.io'), require('socket.io-client'))
