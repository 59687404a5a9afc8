/** Line icons, drawn on a 24 by 24 grid and coloured by the text around them. */

const SHAPES = {
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  send: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  queued: 'M12 8v4l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  sending: 'M12 8v4l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  sent: 'M5 12.5l4.5 4.5L19 7.5',
  failed: 'M12 7v6M12 17h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  forth: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
};

export const Icon = ({ is }: { readonly is: keyof typeof SHAPES }) => (
  <svg viewBox="0 0 24 24" aria-hidden="true" class={`icon ${is}`}>
    <path d={SHAPES[is]} />
  </svg>
);
