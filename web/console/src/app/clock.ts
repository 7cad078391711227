import { ref } from 'vue'

/** Now, to the half minute: what is told as "3 minutes ago" stays true. */
export const now = ref(Date.now())
setInterval(() => void (now.value = Date.now()), 30_000)
