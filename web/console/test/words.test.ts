import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { messages, type Words } from '../src/app/i18n'

function keysOf(words: Words, before = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${before}${key}`] : keysOf(value, `${before}${key}.`),
  )
}

function wordAt(words: Words, key: string): string | Words | undefined {
  return key
    .split('.')
    .reduce<string | Words | undefined>((at, part) => (typeof at === 'object' ? at[part] : undefined), words)
}

const { zh, en } = messages()
const source = join(__dirname, '../src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name => /\.(vue|ts)$/.test(name))

describe('words', () => {
  it('are the same in both languages', () => {
    expect(keysOf(zh).sort()).toEqual(keysOf(en).sort())
  })

  it('take the same values in both languages', () => {
    const values = (text: string | Words | undefined) =>
      [...String(text).matchAll(/\{(\w+)\}/g)].map(found => found[1]).sort()
    for (const key of keysOf(zh)) expect([key, values(wordAt(en, key))]).toEqual([key, values(wordAt(zh, key))])
  })

  it('are there for every key that is used', () => {
    const missing = files.flatMap(name => {
      const text = readFileSync(join(source, name), 'utf8')
      return [...text.matchAll(/\bt\(\s*'([\w.-]+\.[\w.-]+)'/g), ...text.matchAll(/keypath="([\w.-]+)"/g)]
        .map(found => found[1] ?? '')
        .filter(key => typeof wordAt(zh, key) !== 'string')
        .map(key => `${name}: ${key}`)
    })
    expect(missing).toEqual([])
  })

  it('stand in their files, not in the pages', () => {
    const chinese = files
      .filter(name => name.endsWith('.vue'))
      .filter(name => {
        const code = readFileSync(join(source, name), 'utf8')
          .replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, '')
          // The name of a language is written in it.
          .replaceAll('中文', '')
          .replaceAll("'、'", '')
        return /\p{Script=Han}/u.test(code)
      })
    expect(chinese).toEqual([])
  })
})
