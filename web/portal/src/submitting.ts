/** Placing an order over a poor network: asked again until it is answered. The server places it once. */

import { ApiError } from '@dinghuo/api'

const PAUSES = [600, 1200, 2500, 5000]

export async function submitting<T>(
  place: () => Promise<T>,
  wait: (ms: number) => Promise<void> = pause,
): Promise<T> {
  for (const milliseconds of PAUSES) {
    try {
      return await place()
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) throw error
      await wait(error.retryAfter ? error.retryAfter * 1000 : milliseconds)
    }
  }
  return place()
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
}

/** The total is more than what was seen: nothing was ordered, and the user is asked again. */
export function isDearer(error: unknown): boolean {
  return error instanceof ApiError && error.has('total-higher')
}
