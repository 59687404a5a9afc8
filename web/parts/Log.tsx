/** The history: stays at its end unless the contact reads further up, and never moves under their eyes. */

import { Component, createRef, type ComponentChildren } from 'preact';
import type { Item } from '../client/model';
import type { Chat } from './chat';
import { Icon } from './Icon';
import { ItemView } from './ItemView';
import { fill } from './texts';

type Props = {
  readonly chat: Chat;
  readonly items: readonly Item[];
  readonly entering: ReadonlySet<string>;
  readonly typing: string | null;
  readonly offer: boolean;
  readonly atBeginning: boolean;
  readonly loading: boolean;
  /** What stands before the first item. */
  readonly children: ComponentChildren;
};

type State = { readonly missed: boolean };

/** As many items are drawn at once; those before wait until somebody looks for them. */
const AT_ONCE = 200;
/** This near to an edge counts as being there. */
const NEAR = 48;
const RUN = 5 * 60_000;

const speaks = (item: Item): boolean =>
  item.kind === 'message' ||
  item.kind === 'bubbles' ||
  item.kind === 'carousel' ||
  (item.kind === 'navigate' && item.outcome === 'fallback');

const sameRun = (one: Item | undefined, other: Item | undefined): boolean =>
  !!one &&
  !!other &&
  speaks(one) &&
  speaks(other) &&
  one.mine === other.mine &&
  one.author.name === other.author.name &&
  other.at - one.at < RUN;

const dayOf = (item: Item): string => new Date(item.at).toDateString();

const dayName = (locale: string, at: number): string => {
  const days = Math.round((new Date(at).setHours(12, 0, 0, 0) - new Date().setHours(12, 0, 0, 0)) / 86_400_000);
  return days > -2
    ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    : new Date(at).toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long' });
};

export class Log extends Component<Props, State> {
  override state: State = { missed: false };
  private readonly log = createRef<HTMLDivElement>();
  private stuck = true;
  private first: string | undefined;
  private count = 0;
  private from = 0;
  private revealed = false;
  private readonly sizes = new ResizeObserver(() => {
    if (this.stuck) this.toEnd();
  });

  override componentDidMount(): void {
    const log = this.log.current;
    // The room changes with the keyboard and the composer, the content with pictures.
    for (const part of [log, log?.firstElementChild]) if (part) this.sizes.observe(part);
    this.toEnd();
  }

  override componentWillUnmount(): void {
    this.sizes.disconnect();
  }

  override getSnapshotBeforeUpdate(): number {
    return this.log.current?.scrollHeight ?? 0;
  }

  override componentDidUpdate(before: Props, _state: State, height: number): void {
    const { items } = this.props;
    const log = this.log.current;
    const { revealed } = this;
    this.revealed = false;
    if (!log) return;
    const last = items.at(-1);
    const added = last?.key !== before.items.at(-1)?.key;
    if (this.stuck || (added && last?.mine)) this.toEnd();
    else if (revealed || items[0]?.key !== before.items[0]?.key) log.scrollTop += log.scrollHeight - height;
    else if (added) this.setState({ missed: true });
  }

  private readonly toEnd = (): void => {
    const log = this.log.current;
    if (log) log.scrollTop = log.scrollHeight;
  };

  private readonly scrolled = (): void => {
    const log = this.log.current;
    if (!log) return;
    this.stuck = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    if (this.stuck && this.state.missed) this.setState({ missed: false });
    if (log.scrollTop < NEAR && !this.stuck) this.earlier();
  };

  private readonly earlier = (): void => {
    const { items, atBeginning, chat } = this.props;
    if (this.from) {
      this.from = Math.max(0, this.from - AT_ONCE);
      this.first = items[this.from]?.key;
      this.revealed = true;
      this.forceUpdate();
    } else if (!atBeginning) chat.client.loadEarlier();
  };

  /** The place of the first item that is drawn: it stays the first while others come after it. */
  private begin(items: readonly Item[]): number {
    // Where all were drawn, what was fetched before them is drawn too.
    let from = this.from ? items.findIndex(({ key }) => key === this.first) : 0;
    if (from < 0 || items.length - this.count > AT_ONCE) from = Math.max(0, items.length - AT_ONCE);
    this.count = items.length;
    this.first = items[from]?.key;
    return from;
  }

  private day(item: Item, before: Item | undefined): ComponentChildren {
    if (before ? dayOf(before) === dayOf(item) : dayOf(item) === new Date().toDateString()) return null;
    return (
      <div class="day" key={`day ${item.key}`}>
        {dayName(this.props.chat.texts.language, item.at)}
      </div>
    );
  }

  private one(item: Item, index: number, asked: number): ComponentChildren {
    const { chat, items, entering, offer } = this.props;
    return [
      this.day(item, items[index - 1]),
      <ItemView
        key={item.key}
        chat={chat}
        item={item}
        first={!sameRun(items[index - 1], item)}
        last={!sameRun(item, items[index + 1])}
        entering={entering.has(item.key)}
        newest={index === items.length - 1}
        offer={offer && index === asked}
      />,
    ];
  }

  override render() {
    const { chat, items, typing, atBeginning, loading, children } = this.props;
    const { texts } = chat;
    const asked = items.findLastIndex(({ kind }) => kind === 'queued');
    this.from = this.begin(items);
    return (
      <div class="middle">
        <div
          class="log"
          role="log"
          aria-live="off"
          aria-label={texts.log}
          aria-busy={loading}
          tabIndex={0}
          ref={this.log}
          onScroll={this.scrolled}
        >
          <div class="items">
            {atBeginning && !this.from ? (
              children
            ) : (
              <button type="button" class="earlier" aria-disabled={loading} onClick={this.earlier}>
                {loading ? texts.loading : texts.earlier}
              </button>
            )}
            {items.slice(this.from).map((item, index) => this.one(item, this.from + index, asked))}
            {typing !== null && (
              <div class="typing in">
                <span class="sr">{fill(texts.typing, { name: typing })}</span>
                <i />
                <i />
                <i />
              </div>
            )}
          </div>
        </div>
        {this.state.missed && (
          <button
            type="button"
            class="fresh"
            onClick={() => {
              this.toEnd();
              chat.focus();
            }}
          >
            <Icon is="down" />
            {texts.fresh}
          </button>
        )}
      </div>
    );
  }
}
