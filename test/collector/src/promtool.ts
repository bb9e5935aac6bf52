export { promtool, PROMTOOL_BUILD_MILLIS } from '@plutus/test-kit'
