import { Timed } from '@plutus/events'

class Ledger {
  readonly #name = 'main'

  @Timed()
  close(day: string): string {
    return `${this.#name} ${day}`
  }

  @Timed('ledger.settle', { slowMillis: 0 })
  async settle(): Promise<string> {
    return await Promise.resolve(`${this.#name} settled`)
  }

  @Timed('ledger.fail')
  static async fail(): Promise<never> {
    return await Promise.reject(new RangeError('no funds'))
  }
}

const ledger = new Ledger()
console.log(ledger.close('monday'))
console.log(await ledger.settle())
await Ledger.fail().catch((error: unknown) => console.log(String(error)))
