/* reject: why a row or an event was refused. One list of stable codes for node, broker and reports.
 *
 * Numbers are stored in the log and sent in receipts: never reused, only added to. */
#ifndef CORE_MODEL_REJECT_H
#define CORE_MODEL_REJECT_H

#include <stdint.h>

#include "core/base/bytes.h"

/* X(number, NAME, column of the office table, English, Polish: cause and cure). */
#define REJECT_LIST(X)                                                                             \
    X(1, ROW_QUOTES, "", "a quotation mark is not closed or stands inside a field: close it",      \
      "cudzysłów nie jest zamknięty albo stoi w środku pola: popraw cudzysłowy w tym wierszu")     \
    X(2, ROW_FIELDS, "", "the row has more or fewer fields than the header",                       \
      "wiersz ma inną liczbę pól niż nagłówek: sprawdź separatory")                                \
    X(3, ROW_TOO_LONG, "", "the row or one of its fields is too long",                             \
      "wiersz albo jedno z jego pól jest za długie")                                               \
    X(4, ENCODING, "", "the text is not UTF-8 or holds control characters: save it as CSV UTF-8",  \
      "tekst nie jest w UTF-8 albo zawiera znaki sterujące: zapisz plik jako CSV UTF-8")           \
    X(5, HEADER_UNKNOWN, "", "the header has a column that the mapping does not know",             \
      "nagłówek ma kolumnę, której odwzorowanie nie zna")                                          \
    X(6, HEADER_MISSING, "", "the header lacks a column that is needed",                           \
      "w nagłówku brakuje wymaganej kolumny")                                                      \
    X(7, HEADER_TWICE, "", "the header names a column twice",                                      \
      "nagłówek ma dwa razy tę samą kolumnę")                                                      \
    X(8, FILE_TOO_LARGE, "", "the whole file: it is too large: split it into smaller ones",        \
      "cały plik: jest za duży: podziel go na mniejsze")                                           \
    X(9, FILE_DENIED, "", "the whole file: it cannot be opened or read: mind its permissions",     \
      "cały plik: nie można go otworzyć albo odczytać: sprawdź uprawnienia")                       \
    X(10, OP_UNKNOWN, "op", "op is neither upsert nor delete", "op to nie upsert ani delete")      \
    X(11, KIND_UNKNOWN, "kind",                                                                    \
      "the kind is none of enrolled, started, completed, dropped, outcome, activity",              \
      "rodzaj nie jest żadnym z: enrolled, started, completed, dropped, outcome, activity")        \
    X(12, DATE_FORM, "occurred_on", "the date is not YYYY-MM-DD or DD.MM.YYYY",                    \
      "data nie ma postaci RRRR-MM-DD ani DD.MM.RRRR")                                             \
    X(13, DATE_NOT_REAL, "occurred_on", "there is no such day", "nie ma takiego dnia")             \
    X(14, DATE_OUTSIDE, "occurred_on", "the date lies outside the programme",                      \
      "data jest spoza okresu programu")                                                           \
    X(15, DATE_FUTURE, "occurred_on", "the date lies in the future", "data jest z przyszłości")    \
    X(20, TASK_UNKNOWN, "task", "the programme has no such task",                                  \
      "program nie ma takiego zadania")                                                            \
    X(21, REGION_UNKNOWN, "region", "there is no such region on that date",                        \
      "w tym dniu nie ma takiego regionu")                                                         \
    X(22, SUPPORT_UNKNOWN, "support", "the programme has no such support",                         \
      "program nie ma takiej formy wsparcia")                                                      \
    X(23, OUTCOME_UNKNOWN, "outcome", "the programme has no such outcome",                         \
      "program nie ma takiego rezultatu")                                                          \
    X(24, ACTIVITY_UNKNOWN, "activity", "the programme has no such activity",                      \
      "program nie ma takiego działania")                                                          \
    X(25, UNIT_UNKNOWN, "unit", "the programme has no such unit",                                  \
      "program nie ma takiej jednostki")                                                           \
    X(26, EDUCATION_UNKNOWN, "education", "the programme has no such education code",              \
      "program nie ma takiego kodu wykształcenia")                                                 \
    X(27, STATUS_UNKNOWN, "status", "the programme has no such status code",                       \
      "program nie ma takiego kodu statusu")                                                       \
    X(28, FLAG_UNKNOWN, "flags", "the programme has no such flag",                                 \
      "program nie ma takiego znacznika")                                                          \
    X(30, PERSON_MISSING, "person", "this kind of event needs a person",                           \
      "to zdarzenie wymaga osoby albo podmiotu")                                                   \
    X(31, SCHEME_UNKNOWN, "person_scheme", "the kind of identifier is not known",                  \
      "nieznany rodzaj identyfikatora")                                                            \
    X(32, PESEL_FORM, "person", "a PESEL has 11 digits", "PESEL ma 11 cyfr")                       \
    X(33, PESEL_CHECKSUM, "person", "the PESEL's check digit is wrong: compare with the document", \
      "suma kontrolna PESEL się nie zgadza: sprawdź z dokumentem")                                 \
    X(34, PESEL_DATE, "person", "the PESEL names a day of birth that does not exist",              \
      "PESEL zawiera datę urodzenia, która nie istnieje")                                          \
    X(35, NIP_WRONG, "person", "the NIP is not valid", "NIP jest niepoprawny")                     \
    X(36, REGON_WRONG, "person", "the REGON is not valid", "REGON jest niepoprawny")               \
    X(37, IDENTIFIER_FORM, "person", "the identifier is empty, too long or has odd characters",    \
      "identyfikator jest pusty, za długi albo ma niedozwolone znaki")                             \
    X(38, ENTITY_KIND, "person_scheme",                                                            \
      "a participant event cannot have an entity's enrolment data",                                \
      "zdarzenie podmiotu nie może mieć danych osobowych uczestnika")                              \
    X(40, SEX_FORM, "sex", "the sex is not woman, man (K, M) or empty",                            \
      "płeć to nie K, M ani puste pole")                                                           \
    X(41, SEX_DIFFERS, "sex", "the sex differs from the PESEL's",                                  \
      "płeć nie zgadza się z numerem PESEL")                                                       \
    X(42, AGE_FORM, "age", "the age is not a whole number of years",                               \
      "wiek nie jest liczbą pełnych lat")                                                          \
    X(43, AGE_DIFFERS, "age", "the age at entry differs from the PESEL's",                         \
      "wiek w dniu przystąpienia nie zgadza się z numerem PESEL")                                  \
    X(44, AGE_IMPOSSIBLE, "age", "nobody is that old or not yet born",                             \
      "taki wiek nie jest możliwy")                                                                \
    X(50, QUANTITY_FORM, "quantity", "the quantity is not a number with at most two decimals",     \
      "ilość nie jest liczbą z najwyżej dwoma miejscami po przecinku")                             \
    X(51, QUANTITY_UNIT, "unit", "a quantity needs a unit", "ilość wymaga jednostki")              \
    X(52, OUTCOME_MISSING, "outcome", "an outcome event needs an outcome code",                    \
      "zdarzenie outcome wymaga kodu rezultatu")                                                   \
    X(53, ACTIVITY_MISSING, "activity", "an activity event needs an activity code",                \
      "zdarzenie activity wymaga kodu działania")                                                  \
    X(60, KEY_TWICE, "key", "the same key stands twice in this file with different content",       \
      "ten sam klucz występuje w pliku dwa razy z inną treścią")                                   \
    X(61, KEY_NEEDED, "key", "a delete needs a key", "usunięcie wymaga klucza")                    \
    X(62, KEY_FORM, "key", "the key is too long", "klucz jest za długi")                           \
    X(63, DELETE_UNKNOWN, "key", "there is no row with this key to delete",                        \
      "nie ma wiersza o tym kluczu, więc nie ma czego usunąć")                                     \
    X(70, WITHDRAWAL_ALONE, "", "a correction's two halves do not stand together",                 \
      "dwie połowy korekty nie stoją obok siebie")                                                 \
    X(71, WITHDRAWAL_UNKNOWN, "", "it withdraws an event that the lead does not have",             \
      "wycofuje zdarzenie, którego lider nie ma")                                                  \
    X(72, WITHDRAWAL_TWICE, "", "it withdraws an event that was withdrawn before",                 \
      "wycofuje zdarzenie już wcześniej wycofane")                                                 \
    X(73, WITHDRAWAL_DIFFERS, "", "it withdraws an event with other content",                      \
      "wycofuje zdarzenie o innej treści")                                                         \
    X(74, PAIR_REFUSED, "", "the other half of the correction was refused",                        \
      "druga połowa korekty została odrzucona")                                                    \
    X(75, PERSON_UNKNOWN, "", "it names a person number that was never introduced",                \
      "podaje numer osoby, której nie przedstawiono")                                              \
    X(80, BATCH_PROGRAMME, "", "the whole batch: it was made under a programme not in force",      \
      "cała paczka: powstała według programu, który nie obowiązuje")                               \
    X(81, BATCH_COLUMNS, "", "the whole batch: its columns are not acceptable",                    \
      "cała paczka: jej kolumny są nie do przyjęcia")                                              \
    X(82, PARTNER_NOT_IN_PROGRAMME, "", "the whole batch: the partner is not in the programme",    \
      "cała paczka: partner nie należy do programu")

#define REJECT_ENUM(number, name, column, english, polish) REJECT_##name = number,
enum reject { REJECT_NONE = 0, REJECT_LIST(REJECT_ENUM) };
#undef REJECT_ENUM

/* A code from a peer may be unknown here; all four answer then with "UNKNOWN" or an empty text.
 * name: "PESEL_CHECKSUM"; column: the office table's column at fault, or ""; static text. */
const char *reject_name(enum reject code);
const char *reject_column(enum reject code);
const char *reject_text_en(enum reject code);
const char *reject_text_pl(enum reject code);

#endif
