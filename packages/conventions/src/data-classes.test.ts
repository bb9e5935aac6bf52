import { expect, it } from 'vitest'
import { CLASS_RULES } from './class-rules.generated.ts'
import { DATA_CLASSES, DURABLE_CLASSES } from './data-classes.ts'

it('has a rule for every class', () => {
  expect(Object.keys(CLASS_RULES).sort()).toEqual([...DATA_CLASSES].sort())
})

it('calls those classes durable whose rule says so', () => {
  expect(DATA_CLASSES.filter((name) => CLASS_RULES[name].durable)).toEqual(DURABLE_CLASSES)
})

it.each(DURABLE_CLASSES)('never leaves %s to a sampler', (name) => {
  expect(CLASS_RULES[name].keep).toBe('all')
})

it.each(DATA_CLASSES)('archives %s at least as long as it is searchable, if at all', (name) => {
  const { archiveDays, searchableDays } = CLASS_RULES[name]
  expect(archiveDays === 0 || archiveDays >= searchableDays).toBe(true)
})
