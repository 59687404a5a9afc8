/** The whole panel: header, history, composer. The history draws itself with the second file. */

import type { Item, Link, Phase, Reason } from '../client/model';
import type { Chat, Shell } from '../parts/chat';
import { Composer } from '../parts/Composer';
import { Header } from '../parts/Header';
import { isRtl } from '../parts/texts';

export type More = typeof import('./more');

export type PanelProps = {
  readonly chat: Shell;
  /** The second file and what its parts are given; undefined until it is here. */
  readonly more: (More & { readonly chat: Chat }) | undefined;
  /** What was said before it came. */
  readonly said: readonly string[];
  readonly title: string;
  readonly welcome: string;
  readonly open: boolean;
  /** It fills the screen, so nothing behind it can be used. */
  readonly alone: boolean;
  readonly link: Link;
  readonly phase: Phase;
  readonly items: readonly Item[];
  readonly entering: ReadonlySet<string> | undefined;
  readonly typing: string | null;
  readonly draft: string;
  readonly failure: Reason | null;
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

export const Panel = (props: PanelProps) => {
  const { chat, more, title, open, alone, link, phase, items, draft, failure } = props;
  const loading = !more || (!items.length && (link === 'idle' || link === 'connecting'));
  const bones = loading && [1, 2, 3].map((n) => <div class="bone" key={n} />);
  const welcome = props.welcome && (
    <p class="welcome" dir="auto">
      {props.welcome}
    </p>
  );
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
        <Header chat={chat} title={title} link={link} phase={phase} close={props.close}>
          {more && phase !== 'none' && phase !== 'ended' && <more.Menu chat={more.chat} />}
        </Header>
        {more && link === 'refused' ? (
          <more.Refused chat={more.chat} />
        ) : (
          <>
            {more ? (
              <more.Log
                chat={more.chat}
                items={items}
                entering={props.entering ?? new Set()}
                typing={props.typing}
                offer={props.offer}
                atBeginning={props.atBeginning}
                loading={loading || props.loadingEarlier}
              >
                {welcome}
                {bones}
              </more.Log>
            ) : (
              <div class="middle">
                <div class="log" role="log" aria-live="off" aria-busy={loading}>
                  <div class="items">
                    {welcome}
                    {bones}
                    {props.said.map((text) => (
                      <p class="said">{text}</p>
                    ))}
                  </div>
                </div>
              </div>
            )}
            {more && failure && <more.Failure chat={more.chat} reason={failure} />}
            <Composer chat={chat} draft={draft} />
          </>
        )}
      </div>
    </section>
  );
};
