import { ApiError, type Fault, newKey } from '@dinghuo/api'
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, reactive, ref, shallowRef, toRaw, watch } from 'vue'
import { useNews } from '@/app/events'
import { t } from '@/app/i18n'
import { explain, toast, toastError } from '@/app/toasts'
import * as ask from './ask'
import { placeOf, readKept, writeKept } from './keeping'
import { blankEntry, blankLine, bodyOf, entryOf, filled, isEmptyEntry, sameEntry, shipToOf, withBlank } from './lines'
import type { CustomerChoice, DraftView, Entry, Line, Placed } from './types'
import { useGoods } from './useGoods'
import { useLook } from './useLook'

/** An order being written: kept on this device at every stroke, looked at by the server as it grows. */
export function useEntry(options: {
  draftId: string | null
  customerCode: string | null
  /** Lines to begin with: what is called off a blanket order. */
  first?(): Promise<Line[]>
  became(draftId: string): void
}) {
  const client = useQueryClient()
  const kept = readKept(placeOf(options.draftId ?? options.customerCode))

  const entry = reactive<Entry>(blankEntry())
  const saved = shallowRef<Entry>(blankEntry())
  const draft = shallowRef<DraftView | null>(null)
  const draftId = ref(options.draftId)
  const restoredAt = ref<string | null>(null)
  const isLoading = ref(!!options.draftId || !!options.customerCode)
  const loadError = shallowRef<unknown>(null)
  const customer = shallowRef<CustomerChoice | null>(null)
  const placed = shallowRef<Placed | null>(null)
  const work = ref<'saving' | 'placing' | 'proposing' | null>(null)
  /** What the server said of it when it was to be placed, until something changes. */
  const refused = shallowRef<Fault[]>([])
  const overtaken = ref(false)
  /** Whether as much as may be is paid by the customer's rebates. */
  const usesRebate = ref(false)
  let revision = 0
  let createKey = newKey()

  // ---- What is kept on the device.
  const isDirty = computed(() => !sameEntry(entry, saved.value))
  const isFrozen = computed(() => draft.value?.proposal?.state === 'proposed')
  let timer: ReturnType<typeof setTimeout> | undefined
  const place = () => placeOf(draftId.value ?? options.customerCode)

  function keep(): void {
    clearTimeout(timer)
    timer = undefined
    const isOver = placed.value || !isDirty.value || isEmptyEntry(entry)
    const now = {
      entry: toRaw(entry),
      draftId: draftId.value,
      revision,
      key: createKey,
      at: new Date().toISOString(),
    }
    writeKept(place(), isOver ? null : now)
  }
  watch(entry, () => {
    refused.value = []
    timer ??= setTimeout(keep, 250)
  })
  const atLast = () => timer !== undefined && keep()
  window.addEventListener('pagehide', atLast)
  onScopeDispose(() => {
    atLast()
    window.removeEventListener('pagehide', atLast)
  })

  function write(next: Entry): void {
    Object.assign(entry, JSON.parse(JSON.stringify({ ...next, lines: withBlank(next.lines) })))
  }

  // ---- Beginning.
  async function load(): Promise<void> {
    isLoading.value = true
    loadError.value = null
    try {
      const id = options.draftId ?? kept?.draftId ?? null
      if (id) await take(await ask.readDraft(id))
      const code = options.customerCode
      if (!id && code && !kept) await chooseByCode(code)
      if (!id && options.first && !kept) entry.lines = await options.first()
      if (kept) {
        write(kept.entry)
        createKey = kept.key
        restoredAt.value = kept.at
        // Somebody saved another version meanwhile: what was typed here stays, and is told.
        if (id && kept.revision !== revision) overtaken.value = true
        if (kept.entry.customer) customer.value = await ask.customerByCode(kept.entry.customer.code).catch(() => null)
      } else if (!id) write(entry)
    } catch (error) {
      loadError.value = error
    } finally {
      isLoading.value = false
    }
  }

  /** The draft as the server has it now. */
  async function take(view: DraftView): Promise<void> {
    draft.value = view
    draftId.value = view.id
    revision = view.revision
    overtaken.value = false
    const found = await ask.customerByCode(view.customer)
    customer.value = found
    const next = entryOf(view, found ? { id: found.id, code: found.code, name: found.name } : null)
    saved.value = next
    restoredAt.value = null
    write(next)
  }

  async function chooseByCode(code: string): Promise<void> {
    const found = await ask.customerByCode(code)
    if (found) choose(found)
  }

  function choose(chosen: CustomerChoice): void {
    customer.value = chosen
    entry.customer = { id: chosen.id, code: chosen.code, name: chosen.name }
    const address = chosen.addresses?.find(each => each.is_default) ?? chosen.addresses?.[0]
    entry.shipTo = address ? shipToOf(address) : null
    if (!entry.lines.length) entry.lines = [blankLine()]
  }

  useNews(({ kind, id }) => {
    if (!placed.value && !work.value && kind === 'draft.changed' && id === draftId.value) void heard()
  })
  async function heard(): Promise<void> {
    const id = draftId.value
    if (!id) return
    const view = await ask.readDraft(id).catch(() => null)
    if (!view || view.revision === revision || work.value) return
    if (view.proposal?.state !== draft.value?.proposal?.state || !isDirty.value) await take(view)
    else overtaken.value = true
  }

  const looking = useLook({ entry, refused, usesRebate, isOver: () => !!placed.value, isBusy: () => !!work.value })
  const goods = useGoods(entry)

  // ---- Keeping and placing.
  async function save(): Promise<DraftView> {
    const body = bodyOf(entry, filled(entry.lines))
    const was = JSON.parse(JSON.stringify(entry)) as Entry
    let view: DraftView
    if (draftId.value) {
      if (!isDirty.value && draft.value) return draft.value
      view = await ask.replaceDraft(draftId.value, body, revision)
    } else {
      view = await ask.createDraft(body, createKey)
      createKey = newKey()
    }
    draft.value = view
    revision = view.revision
    saved.value = was
    overtaken.value = false
    restoredAt.value = null
    if (draftId.value !== view.id) {
      writeKept(place(), null)
      draftId.value = view.id
      options.became(view.id)
    }
    keep()
    void client.invalidateQueries({ queryKey: ['drafts'] })
    return view
  }

  async function during<T>(what: 'saving' | 'placing' | 'proposing', todo: () => Promise<T>): Promise<T | undefined> {
    // A second tap while the first is under way is the same tap.
    if (work.value) return undefined
    work.value = what
    try {
      return await todo()
    } catch (error) {
      await failed(error)
      return undefined
    } finally {
      work.value = null
    }
  }

  async function failed(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) return toastError(error)
    if (error.has('draft-changed') || error.has('draft-changed-since')) {
      overtaken.value = true
      return
    }
    if (error.has('draft-submitted') && draftId.value) {
      // An earlier tap's answer was lost: it is an order already.
      const view = await ask.readDraft(draftId.value).catch(() => null)
      if (view?.order_id) return void (draft.value = view)
    }
    refused.value = error.faults
    const { title, detail } = explain(error)
    // Faults stand at their lines; here it is only said that there are some.
    if (error.faults.length) toast(title, 'bad', { stays: 5000 })
    else toast(title, 'bad', { detail: error.isUnreachable ? t('order-entry.sendAgain') : detail })
  }

  const saveDraft = () =>
    during('saving', async () => {
      await save()
      toast(t('order-entry.draftSaved'))
      return true
    })

  const submit = () =>
    during('placing', async () => {
      const view = await save()
      const rebate = looking.preview.value?.rebate
      const done = await ask.submitDraft(view.id, usesRebate.value ? (rebate?.most ?? null) : null)
      placed.value = done
      keep()
      void client.invalidateQueries({ queryKey: ['orders'] })
      void client.invalidateQueries({ queryKey: ['drafts'] })
      return done
    })

  const propose = (message: string) =>
    during('proposing', async () => {
      const view = await save()
      await take(await ask.proposeDraft(view.id, message.trim() || null))
      keep()
      toast(t('order-entry.proposed'))
      return true
    })

  const withdraw = () =>
    during('proposing', async () => {
      if (!draftId.value) return
      await take(await ask.withdrawDraft(draftId.value))
      toast(t('order-entry.withdrawn'))
    })

  /** Theirs instead of mine. */
  const takeTheirs = () =>
    during('saving', async () => {
      if (draftId.value) await take(await ask.readDraft(draftId.value))
      keep()
    })

  /** Mine over theirs. */
  const keepMine = () =>
    during('saving', async () => {
      if (!draftId.value) return
      revision = (await ask.readDraft(draftId.value)).revision
      await save()
      toast(t('order-entry.draftSaved'))
    })

  function discardChanges(): void {
    const before = JSON.parse(JSON.stringify(entry)) as Entry
    const beforeCustomer = customer.value
    restoredAt.value = null
    write(saved.value)
    if (!saved.value.customer) customer.value = null
    keep()
    toast(t('form.discarded'), 'plain', {
      undo: () => {
        customer.value = beforeCustomer
        write(before)
      },
    })
  }

  void load()

  return {
    entry,
    customer,
    draft,
    draftId,
    placed,
    work,
    isDirty,
    isFrozen,
    isLoading,
    loadError,
    restoredAt,
    overtaken,
    usesRebate,
    load,
    choose,
    ...looking,
    ...goods,
    saveDraft,
    submit,
    propose,
    withdraw,
    takeTheirs,
    keepMine,
    discardChanges,
  }
}

export type EntryState = ReturnType<typeof useEntry>
