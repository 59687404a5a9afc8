/** What every part is given. */

import type { ChatClient, Item, Reason } from '../client/model';
import type { Front } from '../client/stand_in';
import type { FullTexts } from './texts_more';
import { fill, type Texts } from './texts';

/** What the parts of the first file are given. */
export type Shell = {
  readonly client: Pick<Front, 'say' | 'setDraft'>;
  readonly texts: Texts;
  /** Back to writing: where a control goes away with its use, the focus may not be lost. */
  focus(): void;
};

/** What the parts of the second file are given. */
export type Chat = Shell & {
  readonly client: ChatClient;
  readonly texts: FullTexts;
  /** Writes the time of day; one for all, since making it is slow. */
  readonly clock: Intl.DateTimeFormat;
  /** How the platform is called where nobody in particular speaks. */
  readonly name: string;
  /** The address that was left on this page, to be named in the thanks. */
  address: string;
};

/** Who wrote an item of the other side. */
export const authorName = ({ name }: Chat, item: Item): string => item.author.name || name;

/** "Ada says:", read out before a message. */
export const says = (chat: Chat, item: Item): string =>
  item.mine ? chat.texts.youSay : fill(chat.texts.says, { name: authorName(chat, item) });

/** Why something has no effect, in the contact's language where we have words for it. */
export const because = ({ texts }: Chat, { code, detail }: Reason): string =>
  (texts as Readonly<Record<string, string>>)[`refused_${code}`] ?? detail;
