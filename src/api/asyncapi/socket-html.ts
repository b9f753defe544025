import { escapeHtml } from '../../shared/utils/html.ts';
import type { DocumentedMessage, DocumentedSocket, Refusals } from './socket.ts';

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
/** Summaries name fields in backticks. */
const prose = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
const json = (value: unknown): string => `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;

const refusalsHtml = (refusals: Refusals): string =>
  `<ul>${refusals
    .map((refusal) => {
      const path = `/problems/${encodeURIComponent(refusal.code)}`;
      return `<li><a href="${path}">${code(refusal.code)}</a> ${escapeHtml(refusal.title)}</li>`;
    })
    .join('\n')}</ul>`;

const messageHtml = ({ name, summary, description = '', examples }: DocumentedMessage): string =>
  `<h3 id="message-${escapeHtml(name)}">${code(name)}</h3>
      <p>${prose(summary)}. ${escapeHtml(description)}</p>
      ${examples.map(json).join('\n')}`;

/** The part of the page about sockets; no text is trusted. */
export const socketHtml = ({ connect, refused, refusals, messages, commands }: DocumentedSocket): string =>
  `<h2 id="socket">Socket.IO</h2>
      <h3 id="connect">Connecting</h3>
      <p>${prose(connect.summary)}:</p>
      ${connect.examples.map(json).join('\n')}
      <p>Who is refused gets ${code(refused.name)}:</p>
      ${refused.examples.map(json).join('\n')}
      ${refusalsHtml(refusals)}
      <h2 id="messages">Messages to clients</h2>
      ${messages.map(messageHtml).join('\n')}
      <h2 id="commands">Commands of clients</h2>
      ${commands
        .map(
          ({ name, request, answer, refusals: mayBe }) =>
            `<h3 id="command-${escapeHtml(name)}">${code(name)}</h3>
      <p>${prose(request.summary)}.</p>
      ${request.examples.map(json).join('\n')}
      <p>It is acknowledged with one of these:</p>
      ${answer.examples.map(json).join('\n')}
      ${refusalsHtml(mayBe)}`,
        )
        .join('\n')}`;
