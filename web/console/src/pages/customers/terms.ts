import { said, t } from '@/app/i18n'

/** Payment terms in words: `月结 · 60 天`. */
export function termsOf({
  payment_terms: terms,
  payment_days: days,
}: {
  payment_terms: string
  payment_days: number
}): string {
  const name = said(`customers.termsOf.${terms}`, terms)
  return days ? t('customers.withDays', { terms: name, n: days }) : name
}
