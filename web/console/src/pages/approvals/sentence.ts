import { t } from '@/app/i18n'
import { rowsOf } from './condition'
import { labelIn } from './facts'
import type { Fact } from './types'

/** A condition in words where it is simple enough, else as it is written. */
export function sentenceOf(condition: string, facts: readonly Fact[]): string {
  const rows = rowsOf(condition, facts)
  if (!rows) return condition
  if (!rows.parts.length) return t('approvals.always')
  return rows.parts
    .map(part => {
      const fact = facts.find(each => each.name === part.fact)
      return [fact ? labelIn(fact) : part.fact, t(`approvals.ops.${part.op}`), part.value].filter(Boolean).join(' ')
    })
    .join(` ${t(rows.join === '&&' ? 'approvals.and' : 'approvals.or')} `)
}
