/** What went wrong for the whole chat. */

import type { Reason } from '../client/model';
import { because, type Chat } from './chat';
import { Icon } from './Icon';

/** This page may not have the chat. */
export const Refused = ({ chat: { texts } }: { readonly chat: Chat }) => (
  <div class="refused">
    <h3>{texts.refused}</h3>
    <p>{texts.refusedWhy}</p>
  </div>
);

/** Something did not work just now. */
export const Failure = ({ chat, reason }: { readonly chat: Chat; readonly reason: Reason }) => (
  <p class="failure" role="alert">
    <span>{because(chat, reason)}</span>
    <button
      type="button"
      class="round"
      aria-label={chat.texts.dismiss}
      onClick={() => {
        chat.client.clearFailure();
        chat.focus();
      }}
    >
      <Icon is="close" />
    </button>
  </p>
);
