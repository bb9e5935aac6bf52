export { openThreadInbox, openThreadOutbox } from '../thread-link.ts'
