import { escapeHtml } from '../../../shared/utils/html.ts';

/** How the mails of a clinic look. */
export type Look = { readonly clinic: string; readonly color: string | null; readonly language: string };

const DEFAULT_COLOR = '#1d4ed8';
const BUTTON_LINE = /^(.{1,80}): (https?:\/\/\S+)$/;

/** A line that is `Words: address` becomes a button; every other line is text and nothing else. */
const lineOf = (line: string, color: string): string => {
  const [, label = '', address = ''] = BUTTON_LINE.exec(line) ?? [];
  if (address === '') return escapeHtml(line);
  const style = `display:inline-block;padding:8px 16px;border-radius:6px;background:${color};color:#ffffff;text-decoration:none`;
  return `<a href="${escapeHtml(address)}" style="${style}">${escapeHtml(label)}</a>`;
};

/** The HTML beside the text of a mail, made from that text, so that both say the same and neither can hold foreign HTML. */
export const htmlOf = (text: string, { clinic, color, language }: Look): string => {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').map((line) => lineOf(line, color ?? DEFAULT_COLOR)))
    .map((lines) => `<p style="margin:0 0 16px">${lines.join('<br>\n')}</p>`);
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(clinic)}</title></head>
<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:16px;line-height:1.5;color:#1f2937">
<div style="max-width:560px;margin:0 auto;border-top:4px solid ${color ?? DEFAULT_COLOR};padding-top:24px">
${paragraphs.join('\n')}
</div>
</body>
</html>
`;
};
