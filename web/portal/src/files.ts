/** A spreadsheet chosen on this device, as bytes. */

export interface Chosen {
  name: string
  bytes: Blob | ArrayBuffer
}

const KINDS = ['xlsx', 'xls', 'csv', 'tsv', 'txt']

/** Resolves null when nothing was chosen. */
export function chooseSheet(): Promise<Chosen | null> {
  return IS_WEB ? fromDisk() : fromChat()
}

function fromDisk(): Promise<Chosen | null> {
  return new Promise(resolve => {
    const field = document.createElement('input')
    field.type = 'file'
    field.accept = KINDS.map(kind => `.${kind}`).join(',')
    field.onchange = () => {
      const file = field.files?.[0]
      resolve(file ? { name: file.name, bytes: file } : null)
    }
    field.oncancel = () => resolve(null)
    field.click()
  })
}

/** In the mini-program from a chat: a phone has few other places for a sheet. */
function fromChat(): Promise<Chosen | null> {
  return new Promise((resolve, reject) => {
    uni.chooseMessageFile({
      count: 1,
      type: 'file',
      extension: KINDS,
      success: ({ tempFiles }) => {
        const [file] = tempFiles as { name: string; path: string }[]
        if (!file) return resolve(null)
        uni.getFileSystemManager().readFile({
          filePath: file.path,
          success: ({ data }) => resolve({ name: file.name, bytes: data as ArrayBuffer }),
          fail: cause => reject(new Error(cause.errMsg)),
        })
      },
      fail: () => resolve(null),
    })
  })
}
