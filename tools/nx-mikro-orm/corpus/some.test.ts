import { testTheme } from './run.ts';
import { handwork } from './themes/handwork.ts';
import { pairs } from './themes/pairs.ts';

// The whole corpus takes minutes: `nx run nx-mikro-orm:corpus`. These are the themes in which most comes together.
testTheme('several changes at once', pairs);
testTheme('beside what was made by hand', handwork);
