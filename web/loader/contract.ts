/** What the loader lends to the panel, and what the panel gives back. */

import type { WidgetLook } from '../protocol/frames';

/** The verbs of `window.Frontdesk(…)`. */
export type Command =
  'open' | 'close' | 'toggle' | 'show' | 'hide' | 'update' | 'send' | 'prefill' | 'on' | 'off' | 'destroy';

/** One call of the page, first the verb. */
export type Call = readonly [Command, ...unknown[]];

/** The button in the corner. Its badge and its name are the loader's; the panel only says what to show. */
export interface Launcher {
  readonly button: HTMLButtonElement;
  setUnread(count: number): void;
  /** Sets `aria-expanded`. What opens the panel on the next page of this tab is the client's `openPanel`. */
  setOpen(open: boolean): void;
}

export type MountOptions = {
  /** Where to draw: the launcher's own shadow root. Add to its `adoptedStyleSheets`, never replace them. */
  readonly root: ShadowRoot;
  /** The element that carries the shadow root. `--fd-accent` is set on it; `data-side` is `left` or `right`. */
  readonly host: HTMLElement;
  readonly key: string;
  /** Scheme, host and port that the loader came from. */
  readonly origin: string;
  // What the script element says in its `data-…`; without it, as the widget's look does, or the browser.
  readonly accent?: string | undefined;
  /** `left` or `right`, and whatever else somebody wrote there. */
  readonly side?: string | undefined;
  /** `light` or `dark`; as the system has it for whatever else stands there. */
  readonly theme?: string | undefined;
  /** A BCP 47 tag. */
  readonly locale?: string | undefined;
  readonly launcher: Launcher;
  /** The panel was open on the page before this one: open it as `restored`. */
  readonly restored: boolean;
};

export interface MountedPanel {
  /**
   * Carries out one call of `window.Frontdesk`. The loader passes them on in order, a click on the button as `toggle`;
   * `show` and `hide` it carries out itself, and after `destroy` it removes the host.
   */
  call(...call: Call): void;
}

export type PanelModule = { mount(options: MountOptions): MountedPanel };

/** What the loader reads of what the client keeps in `localStorage["frontdesk:<key>"]`. */
export type Remembered = {
  look?: WidgetLook;
  /** A conversation is live, or one may begin by itself: the loader fetches the panel soon after the page. */
  live?: boolean;
  unread?: number;
};

declare global {
  interface Window {
    Frontdesk?: ((...call: Call) => void) & { q?: Iterable<Iterable<unknown>>; loaded?: boolean };
  }
}
