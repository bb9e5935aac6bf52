// Never lets the event loop turn.
require('node:fs').writeSync(1, 'ready\n')
for (;;);
