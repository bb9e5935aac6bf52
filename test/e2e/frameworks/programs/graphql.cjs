'use strict'
void require('./apps/graphql.cjs')(require('graphql'))
