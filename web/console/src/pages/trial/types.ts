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

/** A price below what the goods cost, or below the least that they are to be sold for. */
export interface TooLow {
  list: string | null
  sku: string
  name: string
  unit: string
  from_quantity: string
  list_price: string | null
  net_price: string
  cost: string | null
  floor: string | null
}

/** What is too low, the worst hundred of each; null for those who see no costs. */
export interface Lowest {
  below_cost_count: number | null
  below_cost: TooLow[] | null
  below_floor_count: number | null
  below_floor: TooLow[] | null
  costless: number | null
}

export const BOUNDS = ['cost', 'floor'] as const
