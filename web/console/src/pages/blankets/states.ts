export const TONES = { draft: 'calm', active: 'good', closed: 'calm', expired: 'warn' } as const
export type BlanketState = keyof typeof TONES
