/* programs: an exchange of real processes in one folder, set up by the verbs of `ogniwo`; and
 * office files of synthetic people for it. Asserts on failure; no process outlives the test. */
#ifndef TESTS_E2E_SUPPORT_PROGRAMS_H
#define TESTS_E2E_SUPPORT_PROGRAMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buffer.h"

enum { PROGRAMS_NODES = 2, PROGRAMS_PATH_BYTES = 256 };

/* The lead's folder is "lead", a node's is its partner's id. */
extern const char *const programs_partners[PROGRAMS_NODES];

struct programs {
    char folder[64];
    pid_t broker, nodes[PROGRAMS_NODES];
};

/* Keys, configurations, broker, programme, enrolments, nodes. */
void programs_begin(struct programs *self);
/* Ends the processes and removes the folder. */
void programs_end(struct programs *self);

void programs_start_broker(struct programs *self);
void programs_start_node(struct programs *self, uint32_t node);

/* How long files of the node's folder rest, from its next start on. */
void programs_configure_node(const struct programs *self, uint32_t node, uint32_t rest_ms,
                             uint32_t rescan_ms);

/* kill -9, and waits for the end. */
void programs_kill(pid_t *pid);

/* Asserts that the three still run. */
void programs_check_alive(struct programs *self);

/* FOLDER/place/name. */
void programs_path(const struct programs *self, const char *place, const char *name,
                   char out[PROGRAMS_PATH_BYTES]);

/* Runs `ogniwo WORDS`, with --broker for its own broker, and gives its exit code; what it prints is
 * appended to out, which may be null. */
int programs_run(struct programs *self, const char *const *words, struct buffer *out);

/* Starts `ogniwo WORDS` in the same way, its output going to a descriptor; who starts it waits for
 * its end. */
pid_t programs_spawn(struct programs *self, const char *const *words, int output);

/* Asks the broker (node UINT32_MAX) or a node at its socket; null while it does not answer. */
json_t *programs_ask(struct programs *self, uint32_t node, const char *verb);

/* Drops a file into a node's folder. */
void programs_drop(struct programs *self, uint32_t node, const char *name, struct bytes content);

/* Whether files wait in the node's folder. */
bool programs_files_wait(const struct programs *self, uint32_t node);

/* Whether all that was dropped at a running node is read, sent and acknowledged. */
bool programs_node_done(struct programs *self, uint32_t node);

/* ---- office files ---- */

enum { OFFICE_PEOPLE_A_FILE = 700, OFFICE_PESEL_BYTES = 12 };

/* The mapping of these files, with columns for names, which it passes over. */
extern const char office_mapping[];

/* The person's PESEL: of nobody's, born in the 19th century. */
void office_pesel(uint32_t person, char out[OFFICE_PESEL_BYTES]);
const char *office_surname(uint32_t person);
enum { OFFICE_SURNAMES = 12 };

/* Appends file number `file` (from 0) of the node: people of its own and some whom the other node
 * has too, each with several rows; from the second on also corrections and deletions of rows of the
 * one before. */
void office_file(uint32_t node, uint32_t file, struct buffer *out);

/* Drops that file as plik-NN.csv. */
void programs_drop_office_file(struct programs *self, uint32_t node, uint32_t file);

/* How many people the first `files` files of both nodes name, numbered from 0. */
uint32_t office_people(uint32_t files);

#endif
