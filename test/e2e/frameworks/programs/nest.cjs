'use strict'
require('reflect-metadata') // oxlint-disable-line import/no-unassigned-import -- it extends Reflect
void require('./apps/nest.cjs')(require('@nestjs/core'), require('@nestjs/common'))
