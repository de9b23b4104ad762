/* The happy path is: 1. the domain is tied to its folder; 2. LANGUAGE names Polish; 3. for each
 * text the thread takes a locale in which gettext translates, asks, and takes its own back.
 *
 * glibc translates in any locale but "C", and then obeys LANGUAGE alone: so C.UTF-8, which every
 * Debian has, will do for Polish. What may go wrong: no catalogue, no C.UTF-8: English is given. */
#include "io/polish.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

static const char domain[] = "ogniwo";
static locale_t translating;

bool polish_open(const char *folder)
{
    const char *where = folder != NULL && folder[0] != '\0' ? folder : OGNIWO_LOCALE_DIR;
    if (translating == (locale_t)0) {
        translating = newlocale(LC_MESSAGES_MASK | LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    }
    if (translating == (locale_t)0 || bindtextdomain(domain, where) == NULL ||
        bind_textdomain_codeset(domain, "UTF-8") == NULL || setenv("LANGUAGE", "pl", 1) != 0) {
        return false;
    }
    /* The catalogue's own header is the translation of nothing. */
    const locale_t own = uselocale(translating);
    const bool found = dgettext(domain, "")[0] != '\0';
    uselocale(own);
    return found;
}

const char *polish_of(const char *english)
{
    if (translating == (locale_t)0 || english[0] == '\0') {
        return english;
    }
    const locale_t own = uselocale(translating);
    const char *text = dgettext(domain, english);
    uselocale(own);
    return text;
}
