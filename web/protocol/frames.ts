/** The frames between a widget and the platform. */

export type Author = { kind: 'contact' | 'bot' | 'operator' | 'system'; name?: string | null };

type EntryBase = { seq: number; at: number; author: Author; message_id?: string | null };

export type MessageEntry = EntryBase & { kind: 'message'; body: string; format?: 'plain' | 'markdown' };
export type BubblesEntry = EntryBase & { kind: 'bubbles'; body: string; options: string[] };
export type CardView = { headline: string; subheadline?: string | null; media?: string | null };
export type CarouselEntry = EntryBase & { kind: 'carousel'; body: string; options: CardView[] };
export type ClickEntry = EntryBase & { kind: 'click'; of: number; option: number; headline: string };
export type NavigateEntry = EntryBase & { kind: 'navigate'; url: string; fallback?: string | null };
export type NavigatedEntry = EntryBase & { kind: 'navigated'; of: number; followed: boolean };
export type JoinedEntry = EntryBase & { kind: 'joined' };
export type QueuedEntry = EntryBase & { kind: 'queued'; reason: 'forwarded' | 'aborted' | 'failed' | 'nobody' };
export type NoticeEntry = EntryBase & {
  kind: 'notice';
  code: 'patience' | 'failed' | 'waiting' | 'email_left';
  text?: string | null;
};
export type EndedEntry = EntryBase & { kind: 'ended'; reason: 'bot_ended' | 'contact_ended' | 'expired' | 'failed' };
export type HiddenEntry = EntryBase & { kind: 'hidden' };
export type WidgetEntry =
  | MessageEntry
  | BubblesEntry
  | CarouselEntry
  | ClickEntry
  | NavigateEntry
  | NavigatedEntry
  | JoinedEntry
  | QueuedEntry
  | NoticeEntry
  | EndedEntry
  | HiddenEntry;

export type PageView = { url: string; title?: string | null; referrer?: string | null };
export type Hello = {
  type: 'hello';
  token?: string | null;
  page: PageView;
  locale?: string | null;
  conversation?: string | null;
  after?: number;
};
export type Open = { type: 'open'; message_id: string; mode?: 'normal' | 'proactive' };
export type Say = { type: 'say'; message_id: string; body: string };
export type ClickOption = { type: 'click'; message_id: string; conversation: string; seq: number; option: number };
export type SettleNavigation = {
  type: 'settle_navigation';
  message_id: string;
  conversation: string;
  seq: number;
  followed: boolean;
};
export type LeaveEmail = { type: 'leave_email'; message_id: string; email: string };
export type EndConversation = { type: 'end'; message_id: string; conversation: string };
export type Seen = { type: 'seen'; conversation: string; seq: number };
export type PageChanged = { type: 'page'; page: PageView };
export type Earlier = { type: 'earlier'; conversation: string; before: number };
export type Ping = { type: 'ping' };
export type ContactFrame =
  | Hello
  | Open
  | Say
  | ClickOption
  | SettleNavigation
  | LeaveEmail
  | EndConversation
  | Seen
  | PageChanged
  | Earlier
  | Ping;

export type WidgetLook = {
  name: string;
  language: string;
  accent: string;
  side: 'left' | 'right';
  title?: string;
  welcome?: string;
  approach_mode?: 'normal' | 'proactive';
  proactive_after_s?: number;
};
export type ConversationView = { id: string; last_seq: number; seen_seq?: number };
export type Welcome = {
  type: 'welcome';
  token: string;
  widget: WidgetLook;
  conversation?: ConversationView | null;
  resumed?: boolean;
  entries?: WidgetEntry[];
  email_known?: boolean;
};
export type Entries = { type: 'entries'; conversation: string; entries: WidgetEntry[] };
export type History = { type: 'history'; conversation: string; before: number; entries: WidgetEntry[] };
export type Ack = { type: 'ack'; message_id: string; conversation?: string | null; seq?: number | null };
export type Refused = {
  type: 'refused';
  message_id?: string | null;
  code: string;
  detail: string;
  retry_after_ms?: number | null;
};
export type Typing = { type: 'typing'; conversation: string; seconds: number };
export type Pong = { type: 'pong' };
export type PlatformFrame = Welcome | Entries | History | Ack | Refused | Typing | Pong;
