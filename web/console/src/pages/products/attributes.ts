import { said } from '@/app/i18n'

/** Free attributes as facts, in words where they are known; what only programs read is left out. */

export interface Fact {
  key: string
  label: string
  value: string
}

export function factsOf(attributes: Record<string, unknown> | undefined): Fact[] {
  return Object.entries(attributes ?? {}).flatMap(([key, value]) => {
    if (value === null || value === '' || typeof value === 'object') {
      if (!Array.isArray(value) || !value.every(each => typeof each === 'string')) return []
      return [{ key, label: labelOf(key), value: value.join(' · ') }]
    }
    return [{ key, label: labelOf(key), value: said(`products.attributeValues.${value}`, String(value)) }]
  })
}

const labelOf = (key: string) => said(`products.attributeNames.${key}`, key)
