/** The widget's accent as a style sheet: on it and beside it every text stays readable. */

import { inkOn, safeAccent, textOn } from '../parts/contrast';

/** The lightest ground that accent text stands on in each theme is the card with a tint of the accent. */
const LIGHT_GROUND = '#ece9e2';
const DARK_GROUND = '#2e3135';

export const colours = (wanted: string): string => {
  const accent = safeAccent(wanted);
  return `:host{--accent:${accent};--on-accent:${textOn(accent)};--accent-ink:light-dark(${inkOn(accent, LIGHT_GROUND)},${inkOn(accent, DARK_GROUND)})}`;
};
