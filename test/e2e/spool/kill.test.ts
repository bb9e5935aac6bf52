import { isFull, NODES } from '@plutus/test-kit'
import type { Fault } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { killAfter, openSpoolStory } from './spool-story.ts'

// On each Node at once, so that processes share the directory and take over from one another; in all a dozen kills.
const WAVES = isFull ? 50 : 3
// What two hundred processes record has to be decoded here, too.
const PER_TURN = isFull ? '5' : '20'
const FAULTS: readonly (Fault | 'refuse' | undefined)[] = [
  'refuse',
  undefined,
  { status: 503 },
  { delayMillis: 300 },
  { reset: 'after-body' },
  { status: 429, retryAfter: 1 },
  { reset: 'mid-body' },
]

it(
  'delivers every durable record whose call returned, wherever the process was killed',
  { timeout: 1_800_000 },
  async () => {
    const { receiver, start, missing, arrived, deliverRest } = await openSpoolStory()
    const recorded: string[] = []
    for (let wave = 0; wave < WAVES; wave++) {
      const fault = FAULTS[wave % FAULTS.length]
      if (fault === 'refuse') await receiver.refuse()
      else receiver.respond(fault)
      const longest = wave === 0 ? 300 : 1700
      const lives = NODES.map((node) =>
        killAfter(
          start('emit.mjs', [`${wave}-${node.label}`, 'Infinity', PER_TURN], { node }),
          Math.random() * longest,
        ),
      )
      for (const ids of await Promise.all(lives)) recorded.push(...ids)
      if (fault === 'refuse') await receiver.accept()
    }
    receiver.respond()
    const last = await deliverRest(recorded)
    await last.stop()

    expect(recorded.length).toBeGreaterThan(WAVES * NODES.length * Number(PER_TURN))
    expect(missing(recorded)).toEqual([])
    const all = [...arrived().values()]
    expect(all.filter(({ uids }) => uids.size !== 1)).toEqual([])
    expect(receiver.malformed).toEqual([])
    const twice = all.filter(({ count }) => count > 1).length
    if (isFull)
      process.stdout.write(
        `${WAVES * NODES.length} kills: ${recorded.length} recorded, 0 lost, ${twice} arrived twice\n`,
      )
  },
)
