import { describe, expect, it } from 'vitest'
import { fileSize, momentOf, paragraphs, wallOf } from '@/pages/notices/schedule'
import { bodyOf } from '@/pages/notices/types'

describe('moments on the clocks of the company', () => {
  it('go there and back', () => {
    expect(momentOf('2026-11-23T08:30', 'Asia/Shanghai')).toBe('2026-11-23T00:30:00Z')
    expect(wallOf('2026-11-23T00:30:00Z', 'Asia/Shanghai')).toBe('2026-11-23T08:30')
    expect(wallOf(null, 'Asia/Shanghai')).toBe('')
    expect(momentOf('', 'Asia/Shanghai')).toBeNull()
  })
  it('know summer time', () => {
    expect(momentOf('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00Z')
    expect(momentOf('2026-03-29T01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30:00Z')
    expect(momentOf('2026-07-01T12:00', 'Europe/Berlin')).toBe('2026-07-01T10:00:00Z')
  })
})

it('parts text into paragraphs and links', () => {
  expect(paragraphs('一\n二\n\n见 https://a.example/x，谢谢')).toEqual([
    [{ text: '一\n二', isLink: false }],
    [
      { text: '见 ', isLink: false },
      { text: 'https://a.example/x', isLink: true },
      { text: '，谢谢', isLink: false },
    ],
  ])
  expect(paragraphs(' \n\n ')).toEqual([])
})

it('says sizes of files', () => {
  expect([fileSize(undefined), fileSize(300), fileSize(20_480), fileSize(3_400_000)]).toEqual([
    '',
    '1 KB',
    '20 KB',
    '3.2 MB',
  ])
})

it('sends of files and targets what the server knows', () => {
  expect(
    bodyOf({
      title: 'T',
      attachments: [{ sha256: 'a', name: 'n', size: 3, content_type: 'x' }],
      audience: [
        { kind: 'everyone', name: null, code: null },
        { kind: 'tier', code: 'A', name: 'Gold' },
      ],
    }),
  ).toEqual({
    title: 'T',
    attachments: [{ sha256: 'a', name: 'n' }],
    audience: [{ kind: 'everyone' }, { kind: 'tier', code: 'A' }],
  })
})
