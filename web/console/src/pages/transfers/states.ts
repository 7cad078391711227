export const STATES = ['draft', 'shipped', 'received', 'cancelled'] as const
export const TONES: Record<string, 'info' | 'warn' | 'good' | 'calm'> = {
  draft: 'calm',
  shipped: 'info',
  received: 'good',
  cancelled: 'calm',
}
