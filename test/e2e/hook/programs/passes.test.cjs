const { test } = require('node:test')

void test('passes', () => undefined)
