/** The whole panel: header, history, composer, and the twin that is read out. */

import type { Item, Link, Phase } from '../client/model';
import type { Chat } from '../parts/chat';
import { Composer } from '../parts/Composer';
import { Header } from '../parts/Header';
import { Icon } from '../parts/Icon';
import { Log } from '../parts/Log';
import { isRtl } from '../parts/texts';

export type PanelProps = {
  readonly chat: Chat;
  readonly title: string;
  readonly welcome: string;
  readonly open: boolean;
  /** It fills the screen, so nothing behind it can be used. */
  readonly alone: boolean;
  readonly link: Link;
  readonly phase: Phase;
  readonly items: readonly Item[];
  readonly entering: ReadonlySet<string>;
  readonly typing: string | null;
  readonly draft: string;
  readonly failure: string | null;
  readonly offer: boolean;
  readonly atBeginning: boolean;
  readonly loadingEarlier: boolean;
  readonly close: () => void;
  readonly keyDown: (event: KeyboardEvent) => void;
};

/** The keys typed here are no shortcuts of the page. */
const keepIn = (event: Event): void => {
  event.stopPropagation();
};

const Refused = ({ chat }: PanelProps) => (
  <div class="refused">
    <h3>{chat.texts.refused}</h3>
    <p>{chat.texts.refusedWhy}</p>
  </div>
);

const Failure = ({ chat, failure }: PanelProps) => (
  <p class="failure" role="alert">
    <span>{failure}</span>
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

export const Panel = (props: PanelProps) => {
  const { chat, title, welcome, open, alone, link, items, draft, failure } = props;
  const loading = !items.length && (link === 'idle' || link === 'connecting');
  return (
    <section
      class={open ? 'panel open' : 'panel'}
      role="dialog"
      aria-modal={alone || undefined}
      aria-label={title}
      lang={chat.texts.language}
      tabIndex={-1}
      onKeyDown={props.keyDown}
      onKeyUp={keepIn}
      onKeyPress={keepIn}
    >
      {/* The panel keeps its corner of the page, whichever way the language runs. */}
      <div class="sheet" dir={isRtl(chat.texts.language) ? 'rtl' : 'ltr'}>
        <Header chat={chat} title={title} link={link} phase={props.phase} close={props.close} />
        {link === 'refused' ? (
          <Refused {...props} />
        ) : (
          <>
            <Log
              chat={chat}
              items={items}
              entering={props.entering}
              typing={props.typing}
              offer={props.offer}
              atBeginning={props.atBeginning}
              loading={loading || props.loadingEarlier}
            >
              {welcome && (
                <p class="welcome" dir="auto">
                  {welcome}
                </p>
              )}
              {loading && [1, 2, 3].map((n) => <div class="bone" key={n} />)}
            </Log>
            {failure && <Failure {...props} />}
            <Composer chat={chat} draft={draft} />
          </>
        )}
      </div>
    </section>
  );
};
