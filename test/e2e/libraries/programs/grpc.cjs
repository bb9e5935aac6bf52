'use strict'
void require('./grpc-calls.cjs')(require('@grpc/grpc-js'), require('@grpc/proto-loader'))
