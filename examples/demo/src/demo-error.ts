/** A reason not to go on that the person at the terminal can mend; its message says how, and holds no secret. */
export class DemoError extends Error {}
