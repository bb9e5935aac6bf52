// A CommonJS program that comes to ES modules only while it runs.
setTimeout(() => void import('./hono.mjs'), 20)
