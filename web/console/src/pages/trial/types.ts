/** What trying a draft on past orders answers; money is text, costs and margins null for those who see none. */

export interface Amounts {
  lines: number
  actual: string
  present: string
  drafted: string
  change: string
  cost: string | null
  present_gifts: string | null
  drafted_gifts: string | null
  present_margin: string | null
  drafted_margin: string | null
  costless: number
}

export interface Effect {
  code: string
  name: string
  amounts: Amounts
}

export interface MonthOf {
  month: string
  amounts: Amounts
}

export type Measure = 'revenue' | 'margin'

/** What any trial tells; a kind of draft adds its own. */
export interface Trial {
  currency: string
  from: string
  until: string
  total: Amounts
  by_month: MonthOf[]
  by_customer: Effect[]
  by_sku: Effect[]
}
