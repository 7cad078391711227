import { watchEffect } from 'vue'
import { showTitle } from '@/app/router'

/** The window's title while this page is shown: the number of a document, the name of a customer. */
export function useTitle(title: () => string | undefined): void {
  watchEffect(() => {
    const own = title()
    if (own) showTitle(own)
  })
}
