export { readConfigFile } from '../config-file.ts'
export { settingsFromFile } from '../settings-from-file.ts'
