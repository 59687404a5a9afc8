/** What every part is given. */

import type { ChatClient, Item } from '../client/model';
import { fill, type Texts } from './texts';

export type Chat = {
  readonly client: ChatClient;
  readonly texts: Texts;
  /** Writes the time of day; one for all, since making it is slow. */
  readonly clock: Intl.DateTimeFormat;
  /** How the platform is called where nobody in particular speaks. */
  readonly name: string;
  /** The address that was left on this page, to be named in the thanks. */
  address: string;
  /** Back to writing: where a control goes away with its use, the focus may not be lost. */
  focus(): void;
};

/** Who wrote an item of the other side. */
export const authorName = ({ name }: Chat, item: Item): string => item.author.name || name;

/** "Ada says:", read out before a message. */
export const says = (chat: Chat, item: Item): string =>
  item.mine ? chat.texts.youSay : fill(chat.texts.says, { name: authorName(chat, item) });
