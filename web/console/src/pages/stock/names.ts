import { nameIn } from '@/composables/useWordLists'

/** What a row calls its SKU, in the language of the screen. */
export function skuName(row: { sku_name: string; sku_name_en: string | null }): string {
  return nameIn({ name: row.sku_name, name_en: row.sku_name_en })
}
