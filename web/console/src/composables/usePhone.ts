import { type Ref, ref } from 'vue'

const narrow = window.matchMedia('(max-width: 767px)')
const isPhone = ref(narrow.matches)
narrow.addEventListener('change', event => void (isPhone.value = event.matches))

/** Whether the window has the width of a phone. */
export function usePhone(): Readonly<Ref<boolean>> {
  return isPhone
}
