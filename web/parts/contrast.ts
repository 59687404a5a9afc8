/** Colours that stay readable whatever accent a widget is given (WCAG 2.2, relative luminance). */

type Rgb = readonly [number, number, number];

/** The loader's own, for the launcher is there first. */
export const DEFAULT_ACCENT = '#0b5cd5';

const channels = (hex: string): Rgb => {
  const long = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  const n = parseInt(long.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
};

const hex = (rgb: readonly number[]): string =>
  '#' + rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('');

const luminance = (colour: string): number => {
  const [r, g, b] = channels(colour).map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** The contrast ratio of two `#rgb` or `#rrggbb` colours, 1 to 21. */
export const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

/** The accent if it is a hex colour, else the default: it goes into a style sheet, so nothing else may. */
export const safeAccent = (accent: string): string =>
  /^#([\da-f]{3}|[\da-f]{6})$/i.test(accent) ? accent : DEFAULT_ACCENT;

/** Text on a filled accent; one of the two always reaches 4.5. */
export const textOn = (accent: string): string => (contrast(accent, '#ffffff') >= 4.5 ? '#ffffff' : '#000000');

/** The accent as text on `surface`: darker or brighter only as far as 4.5 needs, in its own hue while that is enough. */
export const inkOn = (accent: string, surface: string): string => {
  const from = channels(accent);
  const dark = luminance(surface) < 0.18;
  // Brightening first stretches the colour to its full strength, then thins it with white.
  const full = from.map((channel) => (channel * 255) / Math.max(...from, 1));
  for (let step = 0; step <= 20; step++) {
    const t = step / 20;
    const ink = hex(
      from.map((channel, n) => {
        if (!dark) return channel * (1 - t);
        const strong = channel + ((full[n] ?? 0) - channel) * Math.min(1, 2 * t);
        return strong + (255 - strong) * Math.max(0, 2 * t - 1);
      }),
    );
    if (contrast(ink, surface) >= 4.5) return ink;
  }
  return dark ? '#ffffff' : '#000000';
};
