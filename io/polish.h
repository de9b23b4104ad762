/* polish: the Polish of an English text for people, from the message catalogue (GNU gettext).
 *
 * The catalogue is po/pl.po, compiled; its domain is "ogniwo". No Polish locale is needed on the
 * machine, and the process's own locale stays as it is. */
#ifndef IO_POLISH_H
#define IO_POLISH_H

#include <stdbool.h>

/* Finds the catalogue FOLDER/pl/LC_MESSAGES/ogniwo.mo; null or empty: the folder that was built in.
 * To be called once, before threads are started. False: there is none, or the machine has not even
 * C.UTF-8; English is given then. */
bool polish_open(const char *folder);

/* The Polish text, or the English one itself where there is none; static. "" gives "". */
const char *polish_of(const char *english);

#endif
