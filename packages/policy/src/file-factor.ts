/**
 * What the file of a full queue takes of a disk, in bounds of the queue. Its pages of 4 KiB are filled by half where requests are
 * small: measured were 1.03 to 1.1 for requests of 20 kB and more, 1.8 for those of one or two kilobytes. Only requests of one
 * record of a few hundred bytes take more, 2.7; `QUEUE_FENCE_FACTOR` leaves them the room.
 */
export const FILE_FACTOR = 2

/** Bound of the file of a queue, in bounds of the queue: a file that reaches it loses what it has acknowledged. */
export const QUEUE_FENCE_FACTOR = 3
