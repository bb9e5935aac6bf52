/** Whether this is a run of `test:full`: the whole matrix, and the long counts. */
export const isFull: boolean = process.env['MODE'] === 'full'
