/** What is being looked for, shared by the search fields of all pages. */

import { reactive } from 'vue'

export const wanted = reactive({
  search: '',
  category: '',
  brand: '',
  inStock: false,
  bought: false,
  sort: 'code' as 'code' | 'newest',
})
