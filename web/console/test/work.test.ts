import { ApiError } from '@dinghuo/api'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, effectScope, nextTick, ref } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { canonicalOf, type ListState, useListState } from '../src/components/table/useListState'
import { useDraft } from '../src/composables/useDraft'
import { differences, useEdit } from '../src/composables/useEdit'

beforeEach(() => {
  localStorage.clear()
  vi.useRealTimers()
})

describe('unsaved work', () => {
  it('survives a reload until it is saved', async () => {
    vi.useFakeTimers()
    const scope = effectScope()
    const draft = scope.run(() => useDraft('order', { note: '' }, '1'))
    if (!draft) throw new Error('no scope')
    draft.value.value.note = 'half a'
    await nextTick()
    vi.advanceTimersByTime(400)
    scope.stop()

    const after = effectScope().run(() => useDraft('order', { note: '' }, '2'))
    expect(after?.value.value.note).toBe('half a')
    expect(after?.restoredAt.value).not.toBeNull()
    // The revision it was begun from, so that a newer one is noticed.
    expect(after?.base.value).toBe('1')
    after?.reset({ note: 'saved' }, '3')
    expect(localStorage.length).toBe(0)
    expect(effectScope().run(() => useDraft('order', { note: '' }))?.value.value.note).toBe('')
  })

  it('follows the server only where nothing was typed', () => {
    const draft = effectScope().run(() => useDraft('x', { a: 1 }, '1'))
    draft?.follow({ a: 2 }, '2')
    expect([draft?.value.value.a, draft?.base.value]).toEqual([2, '2'])
    if (draft) draft.value.value = { a: 9 }
    draft?.follow({ a: 3 }, '3')
    expect([draft?.value.value.a, draft?.base.value]).toEqual([9, '2'])
  })
})

describe('an edit', () => {
  const stale = new ApiError({
    type: '/problems/stale-revision',
    title: 'stale',
    status: 412,
    detail: '',
    faults: [],
  })

  it('shows both versions when somebody else was quicker, and saves what is chosen', async () => {
    const saves: [object, string][] = []
    const source = ref({ value: { name: 'old', city: 'here' }, revision: 1 })
    const edit = effectScope().run(() =>
      useEdit({
        draft: 'customer:1',
        source,
        save: async (changed, revision) => {
          saves.push([changed, revision])
          if (revision === '1') throw stale
        },
        reread: async () => ({ value: { name: 'theirs', city: 'there' }, revision: 2 }),
      }),
    )
    if (!edit) throw new Error('no scope')
    edit.value.value.name = 'mine'
    expect(await edit.save()).toBe(false)
    expect(edit.conflict.value?.fields.sort()).toEqual(['city', 'name'])
    expect(edit.conflict.value?.theirs).toEqual({ name: 'theirs', city: 'there' })
    expect(await edit.settle({ name: 'mine', city: 'there' })).toBe(true)
    expect(saves).toEqual([
      [{ name: 'mine' }, '1'],
      [{ name: 'mine' }, '2'],
    ])
  })

  it('sends only what differs', () => {
    expect(differences({ a: 1, b: [1], c: null as string | null }, { a: 1, b: [2], c: null })).toEqual({ b: [2] })
  })
})

describe('the state of a list', () => {
  async function stateAt(path: string): Promise<{ state: ListState; address: () => string }> {
    const router = createRouter({
      history: createMemoryHistory(),
      routes: [{ path: '/orders', component: { template: '<i/>' } }],
    })
    await router.push(path)
    let state: ListState | undefined
    const page = defineComponent({
      setup() {
        state = useListState(() => [
          { key: 'state', kind: 'choice', title: 'State', many: true, options: [] },
          { key: 'placed', kind: 'days', title: 'Placed', from: 'placed_from', until: 'placed_until' },
        ])
        return () => null
      },
    })
    mount(page, { global: { plugins: [router] } })
    await flushPromises()
    if (!state) throw new Error('not mounted')
    return { state, address: () => router.currentRoute.value.fullPath }
  }

  it('is the address', async () => {
    const { state, address } = await stateAt('/orders?state=closed&state=confirmed&placed_from=2026-11-01&search=xm')
    expect(state.filters.value).toEqual({ state: ['closed', 'confirmed'], placed_from: '2026-11-01' })
    expect([state.search.value, state.isFiltered.value]).toEqual(['xm', true])
    state.set({ state: ['closed'], placed_from: null, sort: '-placed_at' })
    await flushPromises()
    expect(address()).toBe('/orders?state=closed&search=xm&sort=-placed_at')
  })

  it('is replaced by a view', async () => {
    const { state, address } = await stateAt('/orders?search=xm')
    state.apply('state=confirmed&state=closed', 'v1')
    await flushPromises()
    expect(address()).toBe('/orders?state=confirmed&state=closed&view=v1')
    expect(state.canonical.value).toBe(canonicalOf('state=closed&state=confirmed'))
  })
})
