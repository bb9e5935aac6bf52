/** Version of this package, as the instrumentation scope tells it; a test compares it with package.json. */
export const VERSION = '0.0.0'
