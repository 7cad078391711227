/** Focus a field of a dialog that is opening: once the dialog, which takes the focus itself, has done so. */
export function focusSoon(find: () => { focus(): void } | null | undefined): void {
  setTimeout(() => find()?.focus(), 0)
}
