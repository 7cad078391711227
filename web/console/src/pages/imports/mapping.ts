/** What a person decides in the step of columns, and the mapping that the server is told. */

import type { ImportView, KindView, Look, Mapping, NotGoods } from '@dinghuo/api'

export interface Choices {
  /** By a column's `ref`, the field it stands for; `''` is left out. */
  fields: Record<string, string>
  /** By field. */
  constants: Record<string, string>
  dateOrder: string
  decimal: string
  timeZone: string
  cancelPrefix: string
  notGoods: string
  liveFrom: string
  createMissing: boolean
  rememberAs: string
}

export function choicesOf(one: Pick<ImportView, 'mapping' | 'options'>, look: Look): Choices {
  const mapping = one.mapping ?? look.mapping
  const fieldOf = Object.fromEntries(Object.entries(mapping.columns ?? {}).map(([field, ref]) => [ref, field]))
  return {
    fields: Object.fromEntries(look.columns.map(({ ref }) => [ref, fieldOf[ref] ?? ''])),
    constants: { ...mapping.constants },
    dateOrder: mapping.date_order ?? '',
    decimal: mapping.decimal ?? '',
    timeZone: mapping.time_zone ?? '',
    cancelPrefix: mapping.cancel_prefix ?? '',
    notGoods: (mapping.not_goods ?? []).map(shownKind).join('\n'),
    liveFrom: one.options?.live_from ?? '',
    createMissing: one.options?.create_missing ?? true,
    rememberAs: look.mapping_name ?? '',
  }
}

export function mappingOf(choices: Choices, look: Look): Mapping {
  const columns: Record<string, string> = {}
  for (const { ref } of look.columns) {
    const field = choices.fields[ref]
    if (field) columns[field] = ref
  }
  return {
    title: look.mapping.title ?? '',
    columns,
    constants: Object.fromEntries(Object.entries(choices.constants).filter(([, value]) => value.trim())),
    date_order: (choices.dateOrder || null) as Mapping['date_order'],
    decimal: (choices.decimal || null) as Mapping['decimal'],
    time_zone: choices.timeZone.trim() || null,
    fill_down: (look.mapping.fill_down ?? []).filter(field => field in columns),
    cancel_prefix: choices.cancelPrefix.trim() || null,
    not_goods: kindsOf(choices.notGoods, look.mapping.not_goods),
  }
}

export function optionsOf(choices: Choices): ImportView['options'] {
  return { live_from: choices.liveFrom || null, create_missing: choices.createMissing }
}

/** The groups of fields of which at least one is still without a column or a value. */
export function missingGroups(choices: Choices, kind: KindView): string[][] {
  const given = new Set([
    ...Object.values(choices.fields).filter(Boolean),
    ...Object.entries(choices.constants).flatMap(([field, value]) => (value.trim() ? [field] : [])),
  ])
  return kind.needs.filter(group => !group.some(field => given.has(field)))
}

/** Fields that no other column stands for already. */
export function freeFields(choices: Choices, ref: string): (field: string) => boolean {
  const taken = new Set(
    Object.entries(choices.fields).flatMap(([other, field]) => (other !== ref && field ? [field] : [])),
  )
  return field => !taken.has(field)
}

function shownKind({ reason, codes }: NotGoods): string {
  return `${reason}: ${codes.join(', ')}`
}

/** One kind a line, `reason: code, code*`; what a known reason is called is kept. */
export function kindsOf(text: string, known: readonly NotGoods[] = []): NotGoods[] {
  return text.split('\n').flatMap(line => {
    const [reason = '', codes = ''] = line.split(/[:：](.*)/s)
    const several = codes.split(/[,，、\s]+/).filter(Boolean)
    if (!reason.trim() || !several.length) return []
    const like = known.find(one => one.reason === reason.trim())
    return [{ reason: reason.trim(), zh: like?.zh ?? reason.trim(), en: like?.en ?? reason.trim(), codes: several }]
  })
}
