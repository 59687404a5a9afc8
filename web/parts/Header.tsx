/** Who is here, how the connection is, and the way out. */

import type { Link, Phase } from '../client/model';
import type { ComponentChildren } from 'preact';
import type { Shell } from './chat';
import { Icon } from './Icon';

type Props = {
  readonly chat: Shell;
  readonly title: string;
  readonly link: Link;
  readonly phase: Phase;
  readonly close: () => void;
  /** The menu. */
  readonly children: ComponentChildren;
};

const status = (texts: Shell['texts'], link: Link, phase: Phase): string => {
  switch (link) {
    case 'idle':
    case 'connecting':
      return texts.connecting;
    case 'online':
      return phase === 'waiting' ? texts.waiting : phase === 'bot' ? texts.assistant : texts.ready;
    case 'reconnecting':
      return texts.reconnecting;
    case 'offline':
      return texts.offline;
    case 'refused':
      return texts.refused;
    default:
      return link satisfies never;
  }
};

export const Header = ({ chat, title, link, phase, close, children }: Props) => (
  <header>
    <span class="mark" aria-hidden="true" data-link={link}>
      {[...title][0]?.toUpperCase()}
    </span>
    <div class="who">
      <h2>{title}</h2>
      <p role="status">{status(chat.texts, link, phase)}</p>
    </div>
    {children}
    <button type="button" class="round" aria-label={chat.texts.close} onClick={close}>
      <Icon is="close" />
    </button>
  </header>
);
