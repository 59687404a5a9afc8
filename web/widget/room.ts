/** The room around the panel: full screen on a phone, the page held still behind it, and the focus kept inside. */

const PHONE = '(max-width: 479px)';

export interface Room {
  /** The screen is so small that the panel takes all of it. */
  phone(): boolean;
  /** Says how the panel stands now; undoes on `false` whatever it did to the page. */
  fill(filled: boolean): void;
  stop(): void;
}

export function createRoom(frame: HTMLElement, button: HTMLElement, changed: () => void): Room {
  const screen = matchMedia(PHONE);
  const view = window.visualViewport;
  const page = document.documentElement;
  let before: string | null = null;

  // The keyboard of iOS covers the layout viewport without making it smaller; the visual one tells what is left.
  const fit = (): void => {
    if (!view) return;
    frame.style.setProperty('--tall', `${String(view.height)}px`);
    frame.style.setProperty('--top', `${String(view.offsetTop)}px`);
  };

  const fill = (filled: boolean): void => {
    button.hidden = filled;
    if (filled === (before !== null)) return;
    if (filled) {
      before = page.style.overflow;
      page.style.overflow = 'hidden';
      fit();
    } else {
      page.style.overflow = before ?? '';
      if (!page.getAttribute('style')) page.removeAttribute('style');
      before = null;
    }
    for (const type of ['resize', 'scroll']) view?.[filled ? 'addEventListener' : 'removeEventListener'](type, fit);
  };

  screen.addEventListener('change', changed);
  return {
    phone: () => screen.matches,
    fill,
    stop() {
      screen.removeEventListener('change', changed);
      fill(false);
    },
  };
}

/** Tab and Shift+Tab go round inside `root`. */
export function goRound(event: KeyboardEvent, root: ShadowRoot): void {
  if (event.key !== 'Tab') return;
  const stops = [...root.querySelectorAll<HTMLElement>('a[href], button, input, textarea, [tabindex="0"]')];
  const [first, last] = [stops[0], stops.at(-1)];
  const here = root.activeElement;
  const [from, to] = event.shiftKey ? [first, last] : [last, first];
  if (here !== from && here?.tagName !== 'SECTION') return;
  event.preventDefault();
  to?.focus();
}
