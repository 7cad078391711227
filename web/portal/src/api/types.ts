/** What the portal's routes tell, by our names for it. All of it comes from the OpenAPI document. */

import type { components } from '@dinghuo/api'

type Schemas = components['schemas']
/** What the document leaves open because it has a default, and the server always tells. */
type Told<T, Names extends keyof T> = T & { [Name in Names]-?: NonNullable<T[Name]> }

export interface Page<T> {
  items: T[]
  cursor: string | null
}

export type Fix = Schemas['Fix']
/** Something wrong with a line or a whole cart, in the caller's language, with the one tap that mends it. */
export type Trouble = Schemas['LineProblem']
export type Break = Schemas['PriceBreak']
export type UnitName = Schemas['portal_cards_UnitView']
/** A unit to order by; on a card with its price, which is absent for who sees none and null where there is none. */
export type UnitChoice = Schemas['UnitOffer'] & Pick<Partial<Schemas['UnitChoice']>, 'price'>
export type Availability = Schemas['Availability']
export type SkuCard = Schemas['SkuCard']
export type Card = Schemas['Card']
export type Attachment = ProductPage['attachments'][number]
export type ProductPage = Schemas['ProductPage']
export type Category = Schemas['Branch']
export type Brand = Schemas['BrandView']
export type Credit = Schemas['CreditView'] & Partial<Schemas['CartCredit']>
export type UsualLine = Schemas['UsualLine']
export type Home = Schemas['Home']
export type Ref = Schemas['Ref']
export type ShipTo = Schemas['ShipTo']
export type NextBreak = Schemas['NextBreak']
export type CartLine = Told<Schemas['CartLine'], 'problems' | 'units'>
export type Cart = Omit<Schemas['CartView'], 'lines'> & { lines: CartLine[] }
export type Change = Schemas['LineChange']
export type CartDetails = Schemas['CartFields']
export type Wanted = Schemas['GoodsLines']['lines'][number]
export type Entry = Schemas['Taken']
export type Added = Schemas['Added']
export type Placed = Schemas['OrderPlaced']
export type DraftSummary = Schemas['DraftSummary']
export type Proposal = Schemas['ProposalSummary']
export type ProposalPage = Omit<Schemas['ProposalView'], 'lines'> & { lines: CartLine[] }
export type OrderSummary = Schemas['DealerOrder']
export type OrderLine = Schemas['DealerOrderLine']
export type OrderDetail = Schemas['DealerOrderDetail']
export type Step = OrderDetail['timeline'][number]
export type ListSummary = Schemas['ListSummary']
export type ShoppingList = Schemas['ListView']
export type Address = Schemas['AddressView']
export type AddressFields = Schemas['AddressFields']
