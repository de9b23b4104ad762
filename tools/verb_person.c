/* The identifier comes from standard input, never from the command line, which other users see; it
 * is printed nowhere. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/model/reject.h"
#include "nodes/office.h"
#include "proto/keys.h"
#include "tools/say.h"
#include "tools/site.h"
#include "tools/verbs.h"

struct find_request {
    struct request request;
    const char *programme, *scheme;
};

struct found {
    char node[CODE_BYTES_MAX + 1];
    uint32_t number; /* 0: nobody */
    enum reject fault;
    bool served; /* the programme is known here */
};

static int find_here(const struct find_request *asked, struct node *node, struct bytes identifier,
                     struct found *out)
{
    const struct node_person person = {.scheme =
                                           bytes_text(asked->scheme != NULL ? asked->scheme : ""),
                                       .identifier = identifier,
                                       .programme = asked->programme};
    const enum err err = node_find_person(node, &person, &out->number, &out->fault);
    snprintf(out->node, sizeof out->node, "%s", node_name(node));
    out->served = err != ERR_STATE;
    return err == ERR_OK || err == ERR_NOT_FOUND || err == ERR_STATE ? EX_OK
                                                                     : say_err(err, "the node");
}

static int find_there(const struct find_request *asked, const char *socket, struct bytes identifier,
                      struct found *out)
{
    struct client *client = NULL;
    json_t *request = json_object(), *answer = NULL;
    uint32_t status = EX_OK;
    if (asked->scheme != NULL) {
        json_object_set_new(request, "scheme", json_string(asked->scheme));
    }
    if (asked->programme != NULL) {
        json_object_set_new(request, "programme", json_string(asked->programme));
    }
    const struct client_question question = {
        .verb = "person", .request = request, .data = identifier};
    enum err err = client_open(socket, &client);
    if (err == ERR_OK) {
        err = client_ask(client, &question, &status, &answer);
    }
    client_close(&client);
    if (err == ERR_OK && status == EX_OK) {
        snprintf(out->node, sizeof out->node, "%s",
                 json_string_value(json_object_get(answer, "node")));
        out->number = (uint32_t)json_integer_value(json_object_get(answer, "number"));
        out->fault = (enum reject)json_integer_value(json_object_get(answer, "reject"));
        out->served = json_is_true(json_object_get(answer, "served"));
    } else if (err == ERR_OK) {
        say((int)status, NULL, "%s", client_error(answer));
    } else {
        status = (uint32_t)say_err(err, socket);
    }
    json_decref(request);
    json_decref(answer);
    return (int)status;
}

static int find(const struct find_request *asked, struct bytes identifier, struct found *out)
{
    struct site_node site;
    static struct office office;
    struct office_fault fault;
    struct node *node = NULL;
    int status = site_node(&asked->request, &site);
    if (status != EX_OK || !site.has_config) {
        return status == EX_OK ? find_there(asked, site.socket, identifier, out) : status;
    }
    enum err err = office_load(site.config, &office, &fault);
    if (err != ERR_OK) {
        return say_config(err, fault.path, &fault.fault);
    }
    const struct node_options wanted = office_options(&office, false);
    err = node_open(&wanted, &node);
    if (err == ERR_OK) {
        status = find_here(asked, node, identifier, out);
    } else {
        status = err == ERR_BUSY ? find_there(asked, site.socket, identifier, out)
                                 : say_err(err, office.config.store);
    }
    node_close(&node);
    office_fini(&office);
    return status;
}

static int tell(const struct found *found)
{
    if (!found->served) {
        return say(EX_NOINPUT, "name one with --programme where the node serves several",
                   "the programme is not known here (yet)");
    }
    if (found->fault != REJECT_NONE) {
        return say(EX_DATAERR, "--scheme says what it is; without it, it is a PESEL",
                   "this is no such identifier: %s", reject_name(found->fault));
    }
    if (found->number == 0) {
        return say(EX_NOINPUT, NULL, "nobody of that identifier is known at %s", found->node);
    }
    printf("%s:%" PRIu32 "\n", found->node, found->number);
    return EX_OK;
}

/* Reads the first line without its end, and without the byte order mark that Windows writes before
 * UTF-8. Unbuffered, so that no copy stays in the C library. */
static int read_line(char *line, size_t room, struct bytes *out)
{
    static const char mark[] = "\xef\xbb\xbf";
    setvbuf(stdin, NULL, _IONBF, 0);
    if (fgets(line, (int)room, stdin) == NULL) {
        return say(EX_USAGE, NULL, "an identifier is expected on standard input");
    }
    line[strcspn(line, "\r\n")] = '\0';
    const bool marked = strncmp(line, mark, sizeof mark - 1) == 0;
    *out = bytes_text(marked ? line + sizeof mark - 1 : line);
    return EX_OK;
}

int verb_person_find(int count, char **words)
{
    static const struct usage_option options[] = {
        {"programme", 'p', "ID", "Whose person, where the node serves several programmes",
         USAGE_TEXT, offsetof(struct find_request, programme)},
        {"scheme", 's', "SCHEME", "pesel (default), local, passport:CC, nip, regon, entity",
         USAGE_TEXT, offsetof(struct find_request, scheme)},
    };
    static const struct usage usage = {
        .doc = "Reads an identifier from standard input and prints NODE:NUMBER, by which the lead "
               "can name the person. The identifier is printed and kept nowhere."
               "\vExample:\n  ogniwo person find --node ogniwo-node < pesel.txt",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .uses = USES_NODE};
    struct find_request asked = {0};
    struct found found = {0};
    char line[2 * IDENTIFIER_BYTES_MAX];
    usage_read(&usage, count, words, &asked.request);
    struct bytes identifier = {0};
    int status = read_line(line, sizeof line, &identifier);
    if (status == EX_OK) {
        status = find(&asked, identifier, &found);
    }
    keys_wipe(line, sizeof line);
    return status == EX_OK ? tell(&found) : status;
}
