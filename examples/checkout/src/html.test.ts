import { expect, it } from 'vitest'
import { html } from './html.ts'

it('escapes what a page holds, in text and in attributes', () => {
  const text = `<b>"&'`
  expect(html`<i title="${text}">${text}</i>`.text).toBe(
    '<i title="&lt;b&gt;&quot;&amp;&#39;">&lt;b&gt;&quot;&amp;&#39;</i>',
  )
})

it('takes pieces and lists of pieces as they are, and numbers as text', () => {
  const pieces = [1, 2].map((number) => html`<i>${number}</i>`)
  expect(html`${pieces}${html`<b></b>`}`.text).toBe('<i>1</i><i>2</i><b></b>')
})
