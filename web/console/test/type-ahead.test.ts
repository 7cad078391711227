import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h, nextTick, ref } from 'vue'
import { i18n } from '@/app/i18n'
import { holdKeys, isAhead, typeKeys } from '@/app/typeAhead'
import SearchPicker from '@/components/SearchPicker.vue'

interface Option {
  code: string
}
const answers: ((options: Option[]) => void)[] = []
const picked: string[] = []
let app: ReturnType<typeof createApp>

/** A picker, and behind it a field that takes the focus once something is chosen. */
const Form = defineComponent(() => {
  const next = ref<HTMLInputElement>()
  return () => [
    h(SearchPicker as unknown as ReturnType<typeof defineComponent>, {
      name: 'things',
      label: 'things',
      load: () => new Promise<Option[]>(done => answers.push(done)),
      keyOf: (each: Option) => each.code,
      labelOf: (each: Option) => each.code,
      onPick: (each: Option) => {
        picked.push(each.code)
        void nextTick(() => next.value?.focus())
      },
    }),
    h('input', { ref: next, id: 'next' }),
  ]
})
const field = () => document.querySelector('input') as HTMLInputElement
const press = (key: string) =>
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))

beforeEach(async () => {
  vi.useFakeTimers()
  answers.length = picked.length = 0
  document.body.innerHTML = '<div id="here"></div>'
  app = createApp(Form).use(i18n).use(VueQueryPlugin, { queryClient: new QueryClient() })
  app.mount('#here')
  field().focus()
  await vi.advanceTimersByTimeAsync(10)
  // What is offered before anything is typed.
  answers.shift()?.([{ code: 'FIRST' }])
  await vi.advanceTimersByTimeAsync(10)
})
afterEach(() => {
  app.unmount()
  vi.useRealTimers()
})

it('chooses what the answer brings, and types on behind it', async () => {
  await typeKeys(['B', '2'])
  press('Enter')
  for (const key of ['7', '8']) press(key)
  await vi.advanceTimersByTimeAsync(500)
  // Not the first of what was offered before.
  expect(picked).toEqual([])
  answers.shift()?.([{ code: 'B2' }])
  await vi.advanceTimersByTimeAsync(50)
  expect(picked).toEqual(['B2'])
  expect((document.querySelector('#next') as HTMLInputElement).value).toBe('78')
})

it('chooses nothing where nothing is found, or one has left', async () => {
  await typeKeys(['B'])
  press('Enter')
  await vi.advanceTimersByTimeAsync(500)
  answers.shift()?.([])
  await vi.advanceTimersByTimeAsync(50)
  await typeKeys(['C'])
  press('Enter')
  field().blur()
  await vi.advanceTimersByTimeAsync(500)
  answers.shift()?.([{ code: 'BC' }])
  await vi.advanceTimersByTimeAsync(50)
  expect(picked).toEqual([])
})

it('knows what is typed ahead from what is a command', () => {
  const key = (init: KeyboardEventInit) => isAhead(new KeyboardEvent('keydown', init))
  expect([key({ key: 'a' }), key({ key: 'Enter' }), key({ key: 'Tab' })]).toEqual([true, true, true])
  expect([key({ key: 'a', ctrlKey: true }), key({ key: 'Escape' }), key({ key: 'ArrowDown' })]).toEqual([
    false,
    false,
    false,
  ])
})

it('holds what is typed until its field has come', async () => {
  const release = holdKeys()
  const trusted = (key: string) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    Object.defineProperty(event, 'isTrusted', { value: true })
    document.body.dispatchEvent(event)
    return event.defaultPrevented
  }
  expect([trusted('D'), trusted('1'), trusted('Escape')]).toEqual([true, true, false])
  const next = document.querySelector('#next') as HTMLInputElement
  next.focus()
  release()
  await vi.advanceTimersByTimeAsync(10)
  expect(next.value).toBe('D1')
  expect(trusted('2')).toBe(false)
})
