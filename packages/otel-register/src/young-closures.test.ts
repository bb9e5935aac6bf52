import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { keepClosuresYoung } from '../build-young-closures.ts'

it.each([
  ['an arrow function', 'o.run = () => o;', 'o.run = (0,() => o);'],
  ['a function', 'o.run = function run() {};', 'o.run = (0,function run() {});'],
  ['a computed name', 'o[name] = async () => {};', 'o[name] = (0,async () => {});'],
  ['one within another', 'o.a = () => { o.b = () => 1; };', 'o.a = (0,() => { o.b = (0,() => 1); });'],
  ['signs beyond ASCII before it', "t = '→😀'; o.a = () => t;", "t = '→😀'; o.a = (0,() => t);"],
])('changes %s that is assigned to a property', (_what, text, young) => {
  expect(keepClosuresYoung(text)).toBe(young)
})

it.each([
  ['a variable', 'run = () => o;'],
  ['the value of a variable', 'o.run = run;'],
  ['what a function returns', 'o.run = (() => 1)();'],
  ['a default', 'o.run ??= () => o;'],
  ['a member of a literal', 'o = { run: () => o };'],
  ['a field of a class', 'class A { run = () => this }'],
])('leaves %s as it is', (_what, text) => {
  expect(keepClosuresYoung(text)).toBe(text)
})

it('refuses what cannot be parsed', () => {
  expect(() => keepClosuresYoung('o.run = (')).toThrow('cannot be parsed')
})

// The reason for it all. V8 may change its mind, and then the rewriting can go.
it('lets what such a function closes over go with the next small collection', () => {
  const program = `
    const { getHeapSpaceStatistics } = require('node:v8');
    const used = () => getHeapSpaceStatistics().find((space) => space.space_name === 'old_space').space_used_size;
    let kept, before;
    for (let i = 0; i < 60_000; i++) {
      if (i === 30_000) before = used();
      const o = { a: i, b: i };
      o.run = () => o;
      kept = o;
    }
    console.log(used() - before);
  `
  const [before = 0, after = 0] = [program, keepClosuresYoung(program)].map((text) => {
    // The optimizing compilers may do without the object at all.
    const options = ['--no-opt', '--no-maglev', '--no-incremental-marking', '--max-semi-space-size=1']
    return Number(execFileSync(process.execPath, [...options, '--eval', text], { encoding: 'utf8' }))
  })
  expect(after).toBeLessThan(before / 10)
})
