'use strict'
void require('./aws-calls.cjs')(require('@aws-sdk/client-s3'))
