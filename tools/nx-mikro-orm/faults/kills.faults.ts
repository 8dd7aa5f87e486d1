import { atEveryStatement } from './apparatus/matrix.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

const killed = { title: 'The runner is killed (kill -9)', strike: async (runner: { kill(): Promise<unknown> }) => void (await runner.kill()) };

atEveryStatement(killed, 'transactional', ['before', 'during']);
atEveryStatement(killed, 'bare', ['before', 'during', 'answered']);

passwordStaysHidden();
