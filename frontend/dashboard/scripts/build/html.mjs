/** The few questions that the build asks of its own pages. They are Next's output, not any HTML. */

/** The texts of the scripts that stand in the page itself. */
export function inlineScripts(html) {
  return [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)]
    .filter(([, attributes]) => !/\ssrc=/.test(attributes))
    .map(([, , text]) => text);
}

/** Addresses of the scripts and styles that a browser of today loads with the page, each once. */
export function loadedAtFirst(html) {
  const scripts = tags(html, 'script').filter((tag) => !/\snomodule\b/i.test(tag));
  const links = tags(html, 'link').filter((tag) => /rel="(stylesheet|preload|modulepreload)"/.test(tag));
  return [...new Set([...scripts.map((tag) => attribute(tag, 'src')), ...links.map((tag) => attribute(tag, 'href'))])].filter(
    (address) => address !== undefined,
  );
}

/** Addresses of the scripts that only browsers without modules load. */
export function forOldBrowsers(html) {
  return tags(html, 'script')
    .filter((tag) => /\snomodule\b/i.test(tag))
    .map((tag) => attribute(tag, 'src'))
    .filter((address) => address !== undefined);
}

function tags(html, name) {
  return [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, 'g'))].map(([tag]) => tag);
}

function attribute(tag, name) {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
}
