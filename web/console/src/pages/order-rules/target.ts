import type { OrderRuleView, QuotaView } from '@dinghuo/api'

/** Whom something is for, in a form: the codes that `target` names; the others are empty. */
export interface TargetForm {
  target: Target
  customer: string
  customer_name: string
  tier: string
  region: string
  channel: string
}
export const TARGETS = {
  base: [],
  channel: ['channel'],
  region: ['region'],
  tier: ['tier'],
  tier_region: ['tier', 'region'],
  contract: ['customer'],
} as const
export type Target = keyof typeof TARGETS

export const everybody = (): TargetForm => ({
  target: 'base',
  customer: '',
  customer_name: '',
  tier: '',
  region: '',
  channel: '',
})

export function targetOf(
  view: Pick<OrderRuleView | QuotaView, 'target' | 'customer' | 'tier' | 'region' | 'channel'>,
) {
  return {
    target: view.target as Target,
    customer: view.customer?.code ?? '',
    customer_name: view.customer?.name ?? '',
    tier: view.tier?.code ?? '',
    region: view.region?.code ?? '',
    channel: view.channel?.code ?? '',
  }
}

/** As it is sent: only what the target names. */
export function targetBody(form: TargetForm) {
  const named: readonly string[] = TARGETS[form.target]
  const of = (name: 'customer' | 'tier' | 'region' | 'channel') => (named.includes(name) ? form[name] || null : null)
  return {
    target: form.target,
    customer: of('customer'),
    tier: of('tier'),
    region: of('region'),
    channel: of('channel'),
  }
}
