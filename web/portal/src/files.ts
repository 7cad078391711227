/** A spreadsheet, or a picture that proves something, chosen on this device, as bytes. */

export interface Chosen {
  name: string
  bytes: Blob | ArrayBuffer
}

const KINDS = ['xlsx', 'xls', 'csv', 'tsv', 'txt']

/** Resolves null when nothing was chosen. */
export function chooseSheet(): Promise<Chosen | null> {
  return IS_WEB ? fromDisk(KINDS.map(kind => `.${kind}`).join(',')) : fromChat()
}

/** A photograph or a document; resolves null when nothing was chosen. */
export function chooseProof(): Promise<Chosen | null> {
  return IS_WEB ? fromDisk('image/png,image/jpeg,image/webp,application/pdf') : fromCamera()
}

function fromDisk(accept: string): Promise<Chosen | null> {
  return new Promise(resolve => {
    const field = document.createElement('input')
    field.type = 'file'
    field.accept = accept
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
        readAll(file.path, file.name).then(resolve, reject)
      },
      fail: () => resolve(null),
    })
  })
}

function fromCamera(): Promise<Chosen | null> {
  return new Promise((resolve, reject) => {
    uni.chooseImage({
      count: 1,
      sizeType: ['compressed'],
      success: ({ tempFilePaths }) => {
        const [path] = [tempFilePaths].flat()
        if (!path) return resolve(null)
        readAll(path, path.split('/').at(-1) ?? path).then(resolve, reject)
      },
      fail: () => resolve(null),
    })
  })
}

function readAll(path: string, name: string): Promise<Chosen> {
  return new Promise((resolve, reject) => {
    uni.getFileSystemManager().readFile({
      filePath: path,
      success: ({ data }) => resolve({ name, bytes: data as ArrayBuffer }),
      fail: cause => reject(new Error(cause.errMsg)),
    })
  })
}
