import { t } from '@/app/i18n'
import { toast, toastError } from '@/app/toasts'
import { useBusy } from './useBusy'

export interface Removal {
  name: string
  /** Deletes it; the server says what stands in the way. */
  remove(): Promise<unknown>
  /** Makes it again as it was. */
  again(): Promise<unknown>
  /** What is to be fetched afresh after either. */
  changed(): unknown
}

/** Deletes a record of master data at once, with a way back instead of a question. */
export function useRemove() {
  const { isBusy, run } = useBusy()
  const remove = ({ name, remove, again, changed }: Removal) =>
    run(async () => {
      await remove()
      await changed()
      // Not in the turn of what is under way: nobody presses it in vain.
      const undo = () => void again().then(changed).catch(toastError)
      toast(t('form.removed', { name }), 'good', { undo })
      return true
    })
  return { isRemoving: isBusy, remove }
}
