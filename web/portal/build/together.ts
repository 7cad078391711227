const FIRST = '/src/pages/home/index.vue'
// Parts of the other pages only.
const LATER = /(AddressForm|ByCode|BySheet|CartRow|BreakBar|Entries|Timeline)\.vue/

/**
 * The first page and whatever most pages share are one file that comes with the program: a browser has few connections
 * to a host, and on a phone every further turn is felt.
 */
export function together(id: string): string | undefined {
  const path = id.split('?')[0] ?? ''
  const isShared = path.includes('/src/components/') && !LATER.test(path)
  // With the whole app's style before theirs, so that theirs wins.
  return isShared || path.endsWith(FIRST) || path.endsWith('/src/App.vue') ? 'first' : undefined
}
