import { nextTick } from 'vue'

/** Whether a key is one that a fast writer presses on before an answer is there. */
export function isAhead(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false
  return event.key.length === 1 || event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)
}

/** Types these keys where the focus is by now, as if they were pressed one after the other only then. */
export async function typeKeys(keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    // What a key brings about may move the focus behind two renderings; nothing that is really pressed comes between.
    for (let round = 0; round < 3; round += 1) await nextTick()
    press(key)
  }
}

function press(key: string): void {
  const field = document.activeElement
  if (!field) return
  const down = new KeyboardEvent('keydown', {
    key,
    code: key.length === 1 ? '' : key,
    bubbles: true,
    cancelable: true,
  })
  if (!field.dispatchEvent(down) || key.length > 1) return
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return
  const end = field.value.length
  field.setRangeText(key, field.selectionStart ?? end, field.selectionEnd ?? end, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: key, inputType: 'insertText' }))
}

/** How long keys wait at most for a field to come. */
const PATIENCE = 2000

/** Keeps what is typed until a field has come to type it into; call the result then. */
export function holdKeys(patience = PATIENCE): () => void {
  const keys: string[] = []
  const keep = (event: KeyboardEvent) => {
    // Those that `typeKeys` makes are on their way already.
    if (!event.isTrusted || !isAhead(event)) return
    keys.push(event.key)
    event.preventDefault()
    event.stopPropagation()
  }
  const release = () => {
    clearTimeout(timer)
    window.removeEventListener('keydown', keep, true)
    void typeKeys(keys.splice(0))
  }
  const timer = setTimeout(release, patience)
  window.addEventListener('keydown', keep, true)
  return release
}

/** A page with its script and its data takes longer to come than a part of one that is there. */
const PATIENCE_FOR_PAGE = 10_000

/** Keeps what is typed until the first field of the page that is being opened has the focus. */
export function holdKeysForField(): void {
  const release = holdKeys(PATIENCE_FOR_PAGE)
  const came = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return
    window.removeEventListener('focusin', came)
    release()
  }
  window.addEventListener('focusin', came)
}
