/** Buttons and cards: one click answers, then they rest and say what was chosen. */

import { Component, createRef } from 'preact';
import type { BubblesItem, CardView, CarouselItem } from '../client/model';
import type { Chat } from './chat';
import { Icon } from './Icon';

type Props<I> = { readonly chat: Chat; readonly item: I };

/**
 * What a button of option `n` is given. A resting one stays focusable: a `disabled` one would drop the focus to the
 * page's body the moment it is clicked.
 */
const option = ({ chat, item }: Props<BubblesItem | CarouselItem>, n: number) => ({
  type: 'button' as const,
  'aria-disabled': !item.active,
  'aria-busy': item.pending === n,
  class: item.chosen === n || item.pending === n ? 'option chosen' : 'option',
  onClick: () => {
    if (item.active && item.seq) chat.client.click(item.seq, n);
  },
});

const Chosen = ({ chat, item, n }: Props<BubblesItem | CarouselItem> & { readonly n: number }) =>
  item.chosen === n ? (
    <>
      <Icon is="sent" />
      <span class="sr">, {chat.texts.chosen}</span>
    </>
  ) : null;

export const Bubbles = (props: Props<BubblesItem>) => (
  <div class="options" role="group" aria-label={props.chat.texts.choose}>
    {props.item.options.map((headline, index) => (
      <button {...option(props, index + 1)}>
        <span dir="auto">{headline}</span>
        <Chosen {...props} n={index + 1} />
      </button>
    ))}
  </div>
);

/** The picture of a card, which its headline describes; one that does not load leaves its plain ground. */
class Picture extends Component<{ readonly chat: Chat; readonly card: CardView }, { readonly lost?: boolean }> {
  override render() {
    const { chat, card } = this.props;
    // Only a path: whatever else stood there could change the host.
    if (!card.media?.startsWith('/')) return null;
    return (
      <span class="picture">
        {!this.state.lost && (
          <img
            src={chat.client.origin + card.media}
            alt=""
            loading="lazy"
            decoding="async"
            referrerPolicy="no-referrer"
            onError={() => {
              this.setState({ lost: true });
            }}
          />
        )}
      </span>
    );
  }
}

export class Carousel extends Component<Props<CarouselItem>> {
  private readonly row = createRef<HTMLDivElement>();

  private turn(by: number): void {
    const row = this.row.current;
    const card = row?.firstElementChild;
    // In a right-to-left row the positions count down from zero.
    const sign = row && getComputedStyle(row).direction === 'rtl' ? -1 : 1;
    if (row && card) row.scrollBy({ left: by * sign * (card.clientWidth + 12), behavior: 'smooth' });
  }

  override render() {
    const { chat, item } = this.props;
    const arrow = (is: 'back' | 'forth', label: string) => (
      <button
        type="button"
        class="round arrow"
        aria-label={label}
        onClick={() => {
          this.turn(is === 'back' ? -1 : 1);
        }}
      >
        <Icon is={is} />
      </button>
    );
    return (
      <div class="carousel" role="group" aria-label={chat.texts.choose}>
        <div class="cards" ref={this.row}>
          {item.options.map((card, index) => (
            <button {...option(this.props, index + 1)}>
              <Picture chat={chat} card={card} />
              <span class="words" dir="auto">
                <b>{card.headline}</b> {card.subheadline && <span>{card.subheadline}</span>}
                <Chosen {...this.props} n={index + 1} />
              </span>
            </button>
          ))}
        </div>
        {item.options.length > 1 && (
          <div class="turn">
            {arrow('back', chat.texts.previous)}
            {arrow('forth', chat.texts.next)}
          </div>
        )}
      </div>
    );
  }
}
