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
export type Rebates = Schemas['DealerRebates']
export type RebateProgress = Schemas['RebateProgress']
export type RebateOffer = Schemas['RebateOffer']
export type Ref = Schemas['Ref']
export type ShipTo = Schemas['ShipTo']
export type PromotionOffer = Schemas['PromotionOffer']
export type PromotionTag = Schemas['PromotionTag']
export type Next = Schemas['NextView']
export type Amounts = Schemas['Amounts']
export type Charge = Schemas['ChargeView']
export type NextBreak = Schemas['NextBreak']
export type CartLine = Told<Schemas['CartLine'], 'problems' | 'units'>
export type Cart = Omit<Schemas['CartView'], 'lines'> & { lines: CartLine[] }
export type Change = Schemas['portal_merge_LineChange']
export type CartDetails = Schemas['CartFields']
export type Wanted = Schemas['GoodsLines']['lines'][number]
export type Entry = Schemas['Taken']
export type Added = Schemas['Added']
/** A text that was read: proposed lines, and the goods they name. */
export type Pasted = Schemas['Pasted']
export type PasteLine = Schemas['PasteLine']
export type PasteAlternative = Schemas['PasteAlternative']
export type Phrase = Schemas['Phrase']
export type LearnedPhrase = Schemas['LearnedPhrase']
export type Placed = Schemas['OrderPlaced']
export type DraftSummary = Schemas['DraftSummary']
export type Proposal = Schemas['ProposalSummary']
export type ProposalPage = Omit<Schemas['ProposalView'], 'lines'> & { lines: CartLine[] }
export type OrderSummary = Schemas['DealerOrder']
export type OrderLine = Schemas['DealerOrderLine']
export type OrderDetail = Schemas['DealerOrderDetail']
export type AmendRequest = Schemas['AmendRequest']
export type AmendmentPreview = Schemas['AmendmentPreview']
export type AmendmentSummary = Schemas['AmendmentSummary']
export type Amendment = Schemas['Amendment']
export type AmendedLine = Amendment['lines'][number]
export type HeadChange = Amendment['head'][number]
export type Payment = Schemas['Payment']
export type Slip = Schemas['Slip']
export type SlipRequest = Schemas['SlipRequest']
export type WaitingOrder = Schemas['DealerWaitingOrder']
export type WaitingLine = WaitingOrder['lines'][number]
export type OrderApproval = NonNullable<OrderDetail['approval']>
export type Step = OrderDetail['timeline'][number]
export type ListSummary = Schemas['ListSummary']
export type ShoppingList = Schemas['ListView']
export type Address = Schemas['AddressView']
export type AddressFields = Schemas['AddressFields']
export type Consent = Schemas['ConsentSummary']
export type AskedQuantities = Schemas['AskedQuantities']
export type ConsentPage = Omit<Schemas['ConsentView'], 'lines'> & { lines: CartLine[] }
export type ConsentRule = Schemas['ConsentRule']
export type OrderConsent = Schemas['OrderConsent']
export type Message = Schemas['MessageView']
export type Coupon = Schemas['MyCoupon']
export type PriceWhy = Schemas['PriceWhy']
export type BlanketSummary = Schemas['BlanketSummary']
export type Blanket = Schemas['BlanketView']
