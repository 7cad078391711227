/** Who is asking, what they are told, and how they come in, by our names for it; all of it from the OpenAPI document. */

import type { components } from '@dinghuo/api'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type SignedIn = Schemas['SignedIn']
export type SessionView = Schemas['SessionView']
export type Member = Schemas['CompanyMember']
export type MemberRole = Schemas['MemberRole']
export type UserInput = Schemas['DealerUserInput']
export type NoticeItem = Schemas['Shown']
export type NoticePage = Schemas['ShownWhole']
export type Unread = Schemas['shown_Unread']
export type Banner = Schemas['Banner']
export type Invitation = Schemas['Invited']
export type InvitationLink = Schemas['InvitationLink']
export type InvitationState = Schemas['InvitationView']
export type WeChatSignIn = Schemas['WeChatSignIn']
export type Binding = Schemas['BindingView']
export type Enrolment = Schemas['Enrolment']
/** What of these is absent the kind of news does not have. */
export type LiveMessage = Schemas['Changes']['items'][number]
