import { escapeHtml } from '../shared/utils/html.ts';

type Page = { readonly title: string; readonly head: string; readonly body: string };

/** A whole HTML document. `title` is text; `head` and `body` are HTML, and hold no inline script or style. */
export const htmlPage = ({ title, head, body }: Page): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    ${head}
  </head>
  <body>
    ${body}
  </body>
</html>
`;
