/* demo: `ogniwo demo [NAME...] [--once] [--folder DIR]`: a whole exchange of several programmes in
 * one folder, with made-up people, whose totals are compared with an independent count. */
#ifndef TOOLS_DEMO_H
#define TOOLS_DEMO_H

/* words[0] is the verb. Returns the exit code: 0, 65 where a figure differs, 128 + the signal where
 * the user ended it before it was done, or another one after having said why. */
int demo_main(int count, char **words);

#endif
