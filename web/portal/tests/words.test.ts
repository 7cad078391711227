import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { has, setLanguage, t } from '@/i18n'
import { en } from '@/i18n/en'
import { zh } from '@/i18n/zh'

// Written for browsers and mini-programs: tests have neither.
vi.stubGlobal('document', { documentElement: {} })

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))

function flat(words: object, before = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, word] of Object.entries(words)) {
    if (typeof word === 'string') found.set(before + name, word)
    else for (const [inner, text] of flat(word, `${before}${name}.`)) found.set(inner, text)
  }
  return found
}

const chinese = flat(zh)
const english = flat(en)
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
  name => /\.(vue|ts)$/.test(name) && !/i18n.(zh|en)\W/.test(name),
)
const texts = files.map(name => readFileSync(`${SOURCES}/${name}`, 'utf8'))

describe('the words of both languages', () => {
  it('are the same in number and name', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('take the same values', () => {
    const values = (text = '') => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const [name, text] of chinese) expect([name, values(english.get(name))]).toEqual([name, values(text)])
  })

  it('are Chinese in one and English in the other', () => {
    for (const [name, text] of english) expect([name, /[一-鿿]/.test(text)]).toEqual([name, false])
    for (const text of chinese.values()) expect(text).not.toBe('')
  })

  it('follow the chosen language', () => {
    setLanguage('en')
    expect([t('order.lines', { count: 3 }), t('no.such', {})]).toEqual(['3 lines', 'no.such'])
    expect(t('order.lines', { count: 1 })).toBe('1 line')
    setLanguage('zh')
    expect([t('order.lines', { count: 3 }), has('order.lines'), has('no.such')]).toEqual(['3 行', true, false])
  })
})

describe('every word that is used', () => {
  const used = texts.flatMap(text => [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(found => found[1] ?? ''))
  const built = texts.flatMap(text => [...text.matchAll(/\bt\(\s*`([\w.]*)\$\{/g)].map(found => found[1] ?? ''))

  it('is there', () => {
    expect(used.length).toBeGreaterThan(150)
    expect(used.filter(name => !chinese.has(name))).toEqual([])
  })

  it('is in a group that is there, where its name is put together', () => {
    const groups = new Set([...chinese.keys()].map(name => name.slice(0, name.lastIndexOf('.') + 1)))
    expect(built.filter(name => ![...groups].some(group => group === name || name.startsWith(group)))).toEqual([])
  })
})

describe('templates', () => {
  it('hold no words of their own', () => {
    const templates = texts.map(text => text.slice(text.indexOf('<template>'), text.indexOf('<style')))
    const marks = /订|English|中文/g
    const left = templates.flatMap(
      text =>
        text
          .replace(/<!--[\s\S]*?-->/g, '')
          .replace(marks, '')
          .match(/[一-鿿]+/g) ?? [],
    )
    expect(left).toEqual([])
  })
})
