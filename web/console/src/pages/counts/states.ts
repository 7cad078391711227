export const STATES = ['open', 'pending_approval', 'booked', 'cancelled'] as const
export const TONES: Record<string, 'info' | 'warn' | 'good' | 'calm'> = {
  open: 'info',
  pending_approval: 'warn',
  booked: 'good',
  cancelled: 'calm',
}
