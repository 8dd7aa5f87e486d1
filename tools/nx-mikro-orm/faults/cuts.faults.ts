import { atEveryStatement } from './apparatus/matrix.ts';
import { exits, type Runner } from './apparatus/runner.ts';
import type { Wire } from './apparatus/proxy.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { thorough } from './apparatus/thorough.ts';

const cut = {
  title: 'The connection is cut',
  async strike(runner: Runner, wire: Wire) {
    wire.cut();
    exits(await runner.ended, [1, 5], 'the runner whose connection was cut');
  },
};

atEveryStatement(cut, 'transactional', thorough ? ['before', 'during'] : ['during']);
atEveryStatement(cut, 'bare', thorough ? ['before', 'again', 'during', 'answered'] : ['again', 'during', 'answered']);

passwordStaysHidden();
