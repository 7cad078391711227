/** A customer as a form holds it: codes and text, nothing missing. Pure. */

import type { CustomerView } from '@dinghuo/api'

export interface ContactForm {
  id?: string
  name: string
  mobile: string
  email: string
  title: string
  is_main: boolean
}

export interface AddressForm {
  id?: string
  label: string
  recipient: string
  mobile: string
  province: string
  city: string
  district: string
  street: string
  postcode: string
  country: string
  is_default: boolean
}

export interface CustomerForm {
  code: string
  name: string
  name_en: string
  country: string
  tax_number: string
  tier: string
  region: string
  channel: string
  parent: string
  owner: string
  department: string
  currency: string
  payment_terms: string
  payment_days: number
  language: string
  state: string
  note: string
  contacts: ContactForm[]
  addresses: AddressForm[]
}

export const newContact = (isMain: boolean): ContactForm => ({
  name: '',
  mobile: '',
  email: '',
  title: '',
  is_main: isMain,
})
export const newAddress = (isDefault: boolean, recipient = '', mobile = ''): AddressForm => ({
  label: '',
  recipient,
  mobile,
  province: '',
  city: '',
  district: '',
  street: '',
  postcode: '',
  country: 'CN',
  is_default: isDefault,
})

export function blankForm(currency: string): CustomerForm {
  return {
    code: '',
    name: '',
    name_en: '',
    country: 'CN',
    tax_number: '',
    tier: '',
    region: '',
    channel: '',
    parent: '',
    owner: '',
    department: '',
    currency,
    payment_terms: 'prepaid',
    payment_days: 0,
    language: 'zh',
    state: 'active',
    note: '',
    contacts: [],
    addresses: [],
  }
}

export function formOf(customer: CustomerView): CustomerForm {
  return {
    code: customer.code,
    name: customer.name,
    name_en: customer.name_en ?? '',
    country: customer.country,
    tax_number: customer.tax_number ?? '',
    tier: customer.tier?.code ?? '',
    region: customer.region?.code ?? '',
    channel: customer.channel?.code ?? '',
    parent: customer.parent?.code ?? '',
    owner: customer.owner?.code ?? '',
    department: customer.department?.code ?? '',
    currency: customer.currency,
    payment_terms: customer.payment_terms,
    payment_days: customer.payment_days,
    language: customer.language,
    state: customer.state,
    note: customer.note ?? '',
    contacts: (customer.contacts ?? []).map(({ id, name, mobile, email, title, is_main }) => ({
      id,
      name,
      mobile: mobile ?? '',
      email: email ?? '',
      title: title ?? '',
      is_main,
    })),
    addresses: (customer.addresses ?? []).map(each => ({
      id: each.id,
      label: each.label ?? '',
      recipient: each.recipient,
      mobile: each.mobile ?? '',
      province: each.province ?? '',
      city: each.city ?? '',
      district: each.district ?? '',
      street: each.street,
      postcode: each.postcode ?? '',
      country: each.country,
      is_default: each.is_default,
    })),
  }
}

/** Never null to the server: an empty one is a fault, and is told as one. */
const NEEDED = new Set(['code', 'name', 'country', 'currency', 'recipient', 'street'])

/** For the server: empty text is nothing; a code is not changed. */
export function bodyOf(changed: Partial<CustomerForm>): Record<string, unknown> {
  const { code: _, ...rest } = changed
  return emptied(rest)
}

function emptied(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (Array.isArray(each)) return [key, each.map(item => emptied(item as object))]
      if (typeof each === 'string') return [key, each.trim() || (NEEDED.has(key) ? '' : null)]
      return [key, each]
    }),
  )
}
