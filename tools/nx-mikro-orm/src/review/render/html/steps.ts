/** The pending steps with their statements, and what is found in each beside it. */
import { withoutSemicolon } from '../../../sql/tokens.ts';
import type { Finding } from '../../finding.ts';
import type { PlannedStep } from '../../target.ts';
import { html, nothing, type Markup } from './markup.ts';

export function stepsOf(steps: readonly PlannedStep[]): Markup {
  return html`${steps.map((step, at) => stepOf(step, at))}`;
}

function stepOf(step: PlannedStep, at: number): Markup {
  const { name, file, runsCode, transactional, irreversible, statements, findings } = step;
  const left = new Set(findings);
  const parts = statements.map((text) => {
    const mine = [...left].filter(({ statement }) => text.includes(statement));
    for (const one of mine) left.delete(one);
    return statementOf(`${withoutSemicolon(text)};`, mine);
  });
  const others = Map.groupBy(left, ({ statement }) => statement);
  return html`<section class="step" id="step-${at + 1}">
    <h3>${name}</h3>
    <p class="quiet">
      ${file}${transactional ? '' : ', outside of a transaction'}. Way back:
      ${irreversible === null ? 'by its down()' : `none: ${irreversible}`}
    </p>
    ${runsCode ? html`<p class="quiet">It runs code against the database; what that sends is shown where something is found.</p>` : nothing}
    ${parts}${[...others].map(([statement, mine]) => statementOf(statement, mine))}
  </section>`;
}

function statementOf(text: string, findings: readonly Finding[]): Markup {
  return html`<div class="statement">
    <pre><code>${text}</code></pre>
    ${
      findings.length > 0
        ? html`<ul>
            ${findings.map(findingOf)}
          </ul>`
        : nothing
    }
  </div>`;
}

const findingOf = ({ severity, code, message, instead, line, column }: Finding): Markup =>
  html`<li class="${severity}">
    <b>${severity}</b> <code>${code}</code> <span class="quiet">line ${line}, column ${column}</span
    ><br />${message}<br /><span class="instead">Instead: ${instead}</span>
  </li>`;
