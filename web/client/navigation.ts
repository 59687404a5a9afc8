/** Whether a link of a bot may move this tab. */

/** Only to http or https, on the very host (with port) of the page; read by the browser's own URL parser. */
export function mayFollow(url: string, page: string): boolean {
  try {
    const target = new URL(url, page);
    return (
      /^https?:$/.test(target.protocol) && !target.username && !target.password && target.host === new URL(page).host
    );
  } catch {
    return false;
  }
}

/** The fallback with its link put in. */
export function fallbackText(url: string, fallback: string | null | undefined): string {
  return (fallback ?? '{{link}}').split('{{link}}').join(url);
}
