import { defineEvents } from './define.ts'

/** Events of the class `application`; free records of it have no event name. */
export const APPLICATION_EVENTS = /* @__PURE__ */ defineEvents(
  'application',
  'technical',
  [],
  [
    {
      name: 'exception',
      method: 'exception',
      description: 'An error that nobody handled, or that was recorded for itself.',
      severity: 'error',
      optional: ['exception.type', 'exception.message', 'exception.stacktrace', 'error.code'],
      open: true,
    },
    {
      name: 'process.started',
      method: 'processStarted',
      description: 'The process started.',
      severity: 'info',
      open: true,
    },
    {
      name: 'process.stopped',
      method: 'processStopped',
      description: 'The process ends.',
      severity: 'info',
      optional: ['process.exit.code'],
      open: true,
    },
    {
      name: 'process.crashed',
      method: 'processCrashed',
      description: 'An error that nobody handled ends the process.',
      severity: 'fatal',
      optional: ['exception.type', 'exception.message', 'exception.stacktrace', 'error.code'],
      open: true,
    },
  ],
)
