/** Conditions as rows of fact, comparison and value where they are that simple; anything else stays text. */

import type { Fact, FactType } from './types'

export interface Part {
  fact: string
  op: string
  value: string
}
export interface Rows {
  join: '&&' | '||'
  parts: Part[]
}

const COMPARISONS = ['>', '>=', '<', '<=', '==', '!='] as const

/** What can be asked of a fact of this type. */
export function comparisonsOf(type: FactType): readonly string[] {
  if (type === 'flag') return ['yes', 'no']
  if (type === 'text') return ['==', '!=']
  if (type === 'texts') return ['has']
  return COMPARISONS
}

const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

function wordOf({ fact, op, value }: Part, type: FactType): string {
  if (type === 'flag') return op === 'no' ? `!${fact}` : fact
  if (type === 'texts') return `${quoted(value)} in ${fact}`
  if (type === 'text') return `${fact} ${op} ${quoted(value)}`
  return `${fact} ${op} ${value.trim() || '0'}`
}

/** The rows as the server's language has them. */
export function textOf({ join, parts }: Rows, facts: readonly Fact[]): string {
  const typeOf = (name: string) => facts.find(fact => fact.name === name)?.type ?? 'number'
  return parts.map(part => wordOf(part, typeOf(part.fact))).join(` ${join} `)
}

const NUMBER = /^([a-z_]+) (>=|<=|==|!=|>|<) (-?\d+(?:\.\d+)?)$/
const TEXT = /^([a-z_]+) (==|!=) "((?:[^"\\]|\\.)*)"$/
const HAS = /^"((?:[^"\\]|\\.)*)" in ([a-z_]+)$/
const FLAG = /^(!?)([a-z_]+)$/
const plain = (text: string) => text.replaceAll('\\"', '"').replaceAll('\\\\', '\\')

function partOf(word: string): Part | null {
  const number = NUMBER.exec(word) ?? TEXT.exec(word)
  if (number) return { fact: number[1] ?? '', op: number[2] ?? '', value: plain(number[3] ?? '') }
  const has = HAS.exec(word)
  if (has) return { fact: has[2] ?? '', op: 'has', value: plain(has[1] ?? '') }
  const flag = FLAG.exec(word)
  return flag ? { fact: flag[2] ?? '', op: flag[1] ? 'no' : 'yes', value: '' } : null
}

/** The rows a text stands for; null when it says more than rows can. */
export function rowsOf(text: string, facts: readonly Fact[]): Rows | null {
  const clean = text.trim()
  if (!clean) return { join: '&&', parts: [] }
  const join = clean.includes(' || ') ? '||' : '&&'
  if (join === '||' && clean.includes(' && ')) return null
  const parts = clean.split(` ${join} `).map(word => partOf(word.trim()))
  const known = new Map(facts.map(fact => [fact.name, fact.type]))
  const fits = parts.every(part => {
    const type = part && known.get(part.fact)
    return !!part && !!type && comparisonsOf(type).includes(part.op)
  })
  return fits ? { join, parts: parts as Part[] } : null
}
