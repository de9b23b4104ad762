/* reject: why a row or an event was refused. One list of stable codes for node, broker and reports.
 *
 * Numbers are stored in the log and sent in receipts: never reused, only added to. */
#ifndef CORE_MODEL_REJECT_H
#define CORE_MODEL_REJECT_H

#include <stdint.h>

#include "core/base/bytes.h"

/* X(number, NAME, column of the office table, cause, cure). The texts are English, and what po/
 * translates; a report says "cause: cure". */
#define REJECT_LIST(X)                                                                             \
    X(1, ROW_QUOTES, "", "a quotation mark is not closed or stands inside a field",                \
      "close it, or double it inside the field")                                                   \
    X(2, ROW_FIELDS, "", "the row has more or fewer fields than the header",                       \
      "mind the separators in this row")                                                           \
    X(3, ROW_TOO_LONG, "", "the row or one of its fields is too long", "shorten it")               \
    X(4, ENCODING, "", "the text is not UTF-8 or holds control characters",                        \
      "save it as CSV UTF-8")                                                                      \
    X(5, HEADER_UNKNOWN, "", "the header has a column that the mapping does not know",             \
      "rename the column or name it in the mapping")                                               \
    X(6, HEADER_MISSING, "", "the header lacks a column that is needed", "add the column")         \
    X(7, HEADER_TWICE, "", "the header names a column twice", "leave one of the two")              \
    X(8, FILE_TOO_LARGE, "", "the whole file: it is too large", "split it into smaller ones")      \
    X(9, FILE_DENIED, "", "the whole file: it cannot be opened or read", "mind its permissions")   \
    X(10, OP_UNKNOWN, "op", "op is neither upsert nor delete",                                     \
      "write upsert or delete, or leave it empty")                                                 \
    X(11, KIND_UNKNOWN, "kind",                                                                    \
      "the kind is none of enrolled, started, completed, dropped, outcome, activity",              \
      "write one of these")                                                                        \
    X(12, DATE_FORM, "occurred_on", "the date is not YYYY-MM-DD or DD.MM.YYYY",                    \
      "write the date in one of these forms")                                                      \
    X(13, DATE_NOT_REAL, "occurred_on", "there is no such day", "mend the date")                   \
    X(14, DATE_OUTSIDE, "occurred_on", "the date lies outside the programme",                      \
      "mend the date, or ask the lead for the programme's dates")                                  \
    X(15, DATE_FUTURE, "occurred_on", "the date lies in the future",                               \
      "mend the date, or send the row when the day has come")                                      \
    X(16, DATE_BEFORE_ENROLMENT, "occurred_on", "the date lies before the person's enrolment",     \
      "mend the date, or correct the enrolment first")                                             \
    X(17, DATE_AFTER_ROWS, "occurred_on", "the enrolment is dated after other rows of the person", \
      "mend its date, or correct those rows first")                                                \
    X(20, TASK_UNKNOWN, "task", "the programme has no such task on that date",                     \
      "use a code of the programme file that is valid on the date")                                \
    X(21, REGION_UNKNOWN, "region", "there is no such region on that date",                        \
      "use a code of the region table that is valid on the date")                                  \
    X(22, SUPPORT_UNKNOWN, "support", "the programme has no such support on that date",            \
      "use a code of the programme file that is valid on the date")                                \
    X(23, OUTCOME_UNKNOWN, "outcome", "the programme has no such outcome on that date",            \
      "use a code of the programme file that is valid on the date")                                \
    X(24, ACTIVITY_UNKNOWN, "activity", "the programme has no such activity on that date",         \
      "use a code of the programme file that is valid on the date")                                \
    X(25, UNIT_UNKNOWN, "unit", "the programme has no such unit on that date",                     \
      "use a code of the programme file that is valid on the date")                                \
    X(26, EDUCATION_UNKNOWN, "education", "the programme has no such education code on that date", \
      "use a code of the programme file that is valid on the date")                                \
    X(27, STATUS_UNKNOWN, "status", "the programme has no such status code on that date",          \
      "use a code of the programme file that is valid on the date")                                \
    X(28, FLAG_UNKNOWN, "flags", "the programme has no such flag on that date",                    \
      "use a code of the programme file that is valid on the date")                                \
    X(30, PERSON_MISSING, "person", "this kind of event needs a person",                           \
      "write the person's identifier")                                                             \
    X(31, SCHEME_UNKNOWN, "person_scheme", "the kind of identifier is not known",                  \
      "write pesel, local, passport:CC, nip, regon or entity")                                     \
    X(32, PESEL_FORM, "person", "a PESEL has 11 digits", "compare with the document")              \
    X(33, PESEL_CHECKSUM, "person", "the PESEL's check digit is wrong",                            \
      "compare with the document")                                                                 \
    X(34, PESEL_DATE, "person", "the PESEL names a day of birth that does not exist",              \
      "compare with the document")                                                                 \
    X(35, NIP_WRONG, "person", "the NIP is not valid", "compare with the document")                \
    X(36, REGON_WRONG, "person", "the REGON is not valid", "compare with the document")            \
    X(37, IDENTIFIER_FORM, "person", "the identifier is empty, too long or has odd characters",    \
      "write it as it stands in the document")                                                     \
    X(38, ENTITY_KIND, "person_scheme",                                                            \
      "a participant event cannot have an entity's enrolment data",                                \
      "leave sex, age, education, status and flags empty for an entity")                           \
    X(39, COUNTRY_UNKNOWN, "person_scheme", "the passport's country is no country code",           \
      "write two letters of ISO 3166, as in passport:DE")                                          \
    X(40, SEX_FORM, "sex", "the sex is not woman, man (K, M) or empty",                            \
      "write K or M, or leave it empty")                                                           \
    X(41, SEX_DIFFERS, "sex", "the sex differs from the PESEL's", "mend the sex or the PESEL")     \
    X(42, AGE_FORM, "age", "the age is not a whole number of years",                               \
      "write whole years, or leave it empty")                                                      \
    X(43, AGE_DIFFERS, "age", "the age at entry differs from the PESEL's",                         \
      "mend the age, the date or the PESEL")                                                       \
    X(44, AGE_IMPOSSIBLE, "age", "nobody is that old or not yet born",                             \
      "mend the age, the date or the PESEL")                                                       \
    X(50, QUANTITY_FORM, "quantity", "the quantity is not a number with at most two decimals",     \
      "write digits with a point or a comma")                                                      \
    X(51, QUANTITY_UNIT, "unit", "a quantity needs a unit", "write the unit")                      \
    X(52, OUTCOME_MISSING, "outcome", "an outcome event needs an outcome code", "write the code")  \
    X(53, ACTIVITY_MISSING, "activity", "an activity event needs an activity code",                \
      "write the code")                                                                            \
    X(54, QUANTITY_NEGATIVE, "quantity", "the quantity is below zero",                             \
      "correct or delete the row that said too much")                                              \
    X(60, KEY_TWICE, "key", "the same key stands twice in this file with different content",       \
      "give each row a key of its own, or leave the one that is right")                            \
    X(61, KEY_NEEDED, "key", "a delete needs a key", "write the key of the row to delete")         \
    X(62, KEY_FORM, "key", "the key is too long", "shorten it to 64 bytes")                        \
    X(63, DELETE_UNKNOWN, "key", "there is no row with this key to delete",                        \
      "compare the key with the row that was sent")                                                \
    X(70, WITHDRAWAL_ALONE, "", "a correction's two halves do not stand together",                 \
      "drop the file again")                                                                       \
    X(71, WITHDRAWAL_UNKNOWN, "", "it withdraws an event that the lead does not have",             \
      "drop the file again")                                                                       \
    X(72, WITHDRAWAL_TWICE, "", "it withdraws an event that was withdrawn before",                 \
      "drop the file again")                                                                       \
    X(73, WITHDRAWAL_DIFFERS, "", "it withdraws an event with other content",                      \
      "drop the file again")                                                                       \
    X(74, PAIR_REFUSED, "", "the other half of the correction was refused",                        \
      "mend what the other half names")                                                            \
    X(75, PERSON_UNKNOWN, "", "it names a person number that was never introduced",                \
      "tell the lead: the node is out of step")                                                    \
    X(80, BATCH_PROGRAMME, "", "the whole batch: it was made under a programme not in force",      \
      "let the node connect and drop the file again")                                              \
    X(81, BATCH_COLUMNS, "", "the whole batch: its columns are not acceptable",                    \
      "tell the lead: the node is out of step")                                                    \
    X(82, PARTNER_NOT_IN_PROGRAMME, "", "the whole batch: the partner is not in the programme",    \
      "ask the lead to add the partner")

#define REJECT_ENUM(number, name, column, cause, cure) REJECT_##name = number,
enum reject { REJECT_NONE = 0, REJECT_LIST(REJECT_ENUM) };
#undef REJECT_ENUM

/* A code from a peer may be unknown here; all four answer then with "UNKNOWN" or an empty text.
 * name: "PESEL_CHECKSUM"; column: the office table's column at fault, or ""; static text. */
const char *reject_name(enum reject code);
const char *reject_column(enum reject code);
const char *reject_cause(enum reject code);
const char *reject_cure(enum reject code);

#endif
