/** The panel's second file: the chat itself, its history with all its views, and the words and the style for them. */

import choices from './choices.css?inline';
import history from './history.css?inline';

export { createBrowserChat } from '../client/browser';
export { Failure, Refused } from '../parts/Failure';
export { Log } from '../parts/Log';
export { Menu } from '../parts/Menu';
export { createCrier } from '../parts/crier';
export { en } from '../parts/texts_more';

export const css = history + choices;
