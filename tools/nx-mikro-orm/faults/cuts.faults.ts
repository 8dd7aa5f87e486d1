import { atEveryStatement } from './apparatus/matrix.ts';
import { exits, type Runner } from './apparatus/runner.ts';
import type { Wire } from './apparatus/proxy.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

const cut = {
  title: 'The connection is cut',
  async strike(runner: Runner, wire: Wire) {
    wire.cut();
    exits(await runner.ended, [1, 5], 'the runner whose connection was cut');
  },
};

atEveryStatement(cut, 'transactional', ['before', 'during']);
atEveryStatement(cut, 'bare', ['before', 'again', 'during', 'answered']);

passwordStaysHidden();
